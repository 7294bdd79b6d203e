"""A dry run says which rows would be rejected and what the others would change, and that is what then comes."""

import csv
import io
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from percorso.contacts.attributes import leaves
from percorso.contacts.store import get_contact
from percorso.imports import foreseeing, store
from percorso.imports.actions import cancel_import, check_import
from percorso.imports.foreseeing import show
from percorso.imports.model import (
    Counts,
    Evidence,
    ForeseenChange,
    ForeseenRow,
    Settings,
    Target,
    ValueType,
)
from percorso.imports.receiving import look_again
from percorso.privacy.erasure import erase_contact
from percorso.worker.erasing import empty_all
from tests.imports.conftest import Desk

PEOPLE = Settings(
    targets=(Target("email"), Target("attribute", "address.city"), Target("attribute", "age", "integer"))
)


async def foresee(desk: Desk, content: str, asked: Settings = PEOPLE) -> list[ForeseenRow]:
    """What a dry run says of the rows."""
    found = await desk.receive(content)
    await desk.check(found.id, asked)
    async with desk.database.connection() as connection:
        return await store.read_foreseen(connection, desk.workspace_id, found.id)


def told(rows: list[ForeseenRow]) -> list[tuple[int, str, dict[str, tuple[str | None, str | None]]]]:
    """Row, outcome, and what changes from what to what."""
    return [
        (row.row, row.outcome, {change.path: (change.before, change.after) for change in row.changes})
        for row in rows
    ]


async def test_rows_are_told_with_what_they_would_change(desk: Desk) -> None:
    await desk.take_in("email,address.city,age\nada@example.com,Bari,41\n")
    rows = await foresee(
        desk,
        "email,città,età\nada@example.com,Roma,41\nada@example.com,Bari,41\nnobody,Lodi,3\n"
        "ADA@example.com,,x\nbea@example.com,Asti,7\nbea@example.com,Asti,8\n",
    )
    assert told(rows) == [
        (4, "rejected", {}),
        (5, "rejected", {}),
        (2, "updated", {"address.city": ("Bari", "Roma")}),
        (3, "updated", {"address.city": ("Roma", "Bari")}),
        (7, "updated", {"age": ("7", "8")}),
        (6, "new", {
            "address.city": (None, "Asti"), "age": (None, "7"), "identities.email": (None, "bea@example.com"),
        }),
    ]  # fmt: skip
    assert [(row.code, row.column, row.cell) for row in rows[:2]] == [
        ("email", 0, "nobody"),
        ("integer", 2, "x"),
    ]
    ((ada,),) = await desk.fetch("SELECT id FROM contacts")
    assert [row.contact_id for row in rows[2:]] == [ada, ada, None, None]


async def test_rows_that_change_nothing_are_not_told(desk: Desk) -> None:
    await desk.take_in("email,address.city,age\nada@example.com,Bari,41\n")
    assert await foresee(desk, "email,address.city,age\nada@example.com,Bari,41\nada@example.com,,\n") == []


async def test_statuses_are_told_and_who_stays_is_counted(desk: Desk) -> None:
    content = "email\nada@example.com\nbea@example.com\ncarla@example.com\n"
    await desk.take_in("email\nada@example.com\n", subscribing=desk.subscribing(status="unsubscribed"))
    await desk.take_in("email\nbea@example.com\n")
    asked = Settings(targets=(Target("email"),), subscribing=desk.subscribing())
    path = f"status.{desk.world.list_id}.email"
    rows = await foresee(desk, content, asked)
    assert told(rows) == [
        (3, "updated", {path: (None, "subscribed")}),
        (4, "new", {"identities.email": (None, "carla@example.com"), path: (None, "subscribed")}),
    ]
    found = await desk.receive(content)
    checked = await desk.check(found.id, asked)
    assert checked == Counts(rows=3, new=1, updated=2, kept_unsubscribed=1)
    await desk.start(found.id, asked)
    await desk.world.drain()
    assert (await desk.get(found.id)).counts == checked
    said_at = desk.world.now
    await desk.world.advance(minutes=1)
    again = msgspec.structs.replace(asked, evidence=Evidence("Signed at the fair.", said_at))
    assert (2, "updated", {path: ("unsubscribed", "subscribed")}) in told(await foresee(desk, content, again))


async def test_a_hundred_of_each_outcome_are_told_and_all_are_counted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreseeing, "ROWS_KEPT", 3)
    await desk.take_in("email\n" + "".join(f"old{n}@example.com\n" for n in range(5)))
    rows = ["email,city,age"]
    for n in range(5):
        rows += [
            f"old{n}@example.com,Bari,1",
            f"new{n}@example.com,Bari,1",
            f"new{n}@example.com,Roma,1",
            "x,,",
        ]
    found = await desk.receive("\n".join(rows) + "\n")
    assert await desk.check(found.id, PEOPLE) == Counts(rows=20, new=5, updated=10, rejected=5)
    async with desk.database.connection() as connection:
        kept = await store.read_foreseen(connection, desk.workspace_id, found.id)
    assert [(row.row, row.outcome) for row in kept] == [
        *((row, "rejected") for row in (5, 9, 13)),
        *((row, "updated") for row in (2, 4, 6)),
        *((row, "new") for row in (3, 7, 11)),
    ]


async def test_values_and_changes_are_cut_short(desk: Desk) -> None:
    width = foreseeing.CHANGES_KEPT + 5
    targets = (Target("email"), *(Target("attribute", f"a{n}") for n in range(width)))
    header = ",".join(["email", *(f"a{n}" for n in range(width))])
    row = ",".join(["ada@example.com", *("y" * 5_000 for _ in range(width))])
    (only,) = await foresee(desk, f"{header}\n{row}\n", Settings(targets=targets))
    # The email address itself is the change beyond the columns.
    assert (len(only.changes), only.more_changes) == (foreseeing.CHANGES_KEPT, 6)
    assert only.changes[0] == ForeseenChange("a0", None, "y" * 200)


@pytest.mark.parametrize("ending", ["start", "other settings", "other reading", "cancel"])
async def test_what_was_foreseen_goes_when_it_holds_no_more(desk: Desk, ending: str) -> None:
    found = await desk.receive("email,city,age\nada@example.com,Bari,41\n")
    await desk.check(found.id, PEOPLE)
    assert [row["kept"] for row in await desk.fetch("SELECT foreseen <> '[]' AS kept FROM imports")] == [True]
    async with desk.database.transaction("test.commit") as connection:
        if ending == "other settings":
            await check_import(
                connection, desk.workspace_id, found.id, msgspec.structs.replace(PEOPLE, country="FR")
            )
        elif ending == "other reading":
            await look_again(connection, desk.workspace_id, found.id, has_header=False)
        elif ending == "cancel":
            await cancel_import(connection, desk.workspace_id, found.id)
    if ending == "start":
        await desk.start(found.id, PEOPLE)
    assert await desk.fetch("SELECT id FROM imports WHERE foreseen IS NOT NULL") == []


async def test_who_is_erased_is_not_told_of_any_more(desk: Desk) -> None:
    """Known by an id too short to be searched for in the file: what the dry run remembers goes all the same."""
    targets = (Target("external_id"), Target("attribute", "address.city"))
    await desk.take_in("externalId,city\n7,Plantedville\n")
    ((id,),) = await desk.fetch("SELECT id FROM contacts")
    found = await desk.receive("externalId,city\n7,Bari\n")
    await desk.check(found.id, Settings(targets=targets))
    assert "Plantedville" in str(await desk.fetch("SELECT foreseen::text FROM imports"))
    async with desk.database.snapshot() as connection:
        who = await get_contact(connection, id)
    assert who is not None
    async with desk.database.transaction("test.commit") as connection:
        assert await erase_contact(connection, who)
    await desk.world.drain()
    await empty_all(desk.database)
    assert "Plantedville" not in str(await desk.fetch("SELECT i::text FROM imports AS i"))


TYPES: tuple[ValueType, ...] = ("text", "integer", "boolean", "list")
_cell = st.sampled_from(["", "1", "2", "sì", "no", "x", "a;b", "[1]", "Zoë"])
_row = st.tuples(
    st.sampled_from(["ada{}@x.it", "bea{}@x.it", "??", ""]),
    st.sampled_from(["", "c1{}", "c2{}"]),
    _cell,
    _cell,
)
Held = dict[str, dict[str, str | None]]


async def hold(desk: Desk) -> Held:
    """What stands in each contact, by path, as a dry run would show it."""
    held: Held = {}
    for row in await desk.fetch("SELECT id, attributes, identities FROM contacts"):
        values = {**leaves(row["attributes"]), **leaves({"identities": row["identities"]})}
        shown = {path: show(value) for path, value in values.items()}
        held[str(row["id"])] = {path: value for path, value in shown.items() if value is not None}
    return held


def write(rows: list[Any], mark: str) -> str:
    """The rows as a file; people of one example are not those of another."""
    file = io.StringIO()
    table = csv.writer(file)
    table.writerow(["email", "externalId", "one", "two"])
    for email, external, *cells in rows:
        table.writerow([email.format(mark), external.format(mark), *cells])
    return file.getvalue()


@example(
    before=[],
    rows=[("ada{}@x.it", "", "", ""), ("ada{}@x.it", "c1{}", "", ""), ("bea{}@x.it", "c1{}", "", "")],
    types=("text", "text"),
    clears=False,
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.lists(_row, max_size=4),
    rows=st.lists(_row, min_size=3, max_size=12),
    types=st.tuples(st.sampled_from(TYPES), st.sampled_from(TYPES)),
    clears=st.booleans(),
)
async def test_what_is_foreseen_is_what_comes(
    desk: Desk, before: list[Any], rows: list[Any], types: tuple[ValueType, ValueType], clears: bool
) -> None:
    """Law: what an import does to each contact, and which rows it rejects, is what its dry run said."""
    mark = uuid4().hex
    paths = (Target("attribute", "a.one", types[0]), Target("attribute", "two", types[1]))
    asked = Settings(targets=(Target("email"), Target("external_id"), *paths), clears_empty=clears)
    if before:
        first = await desk.receive(write(before, mark))
        await desk.start(first.id, asked)
        await desk.world.drain()
    stood = await hold(desk)
    found = await desk.receive(write(rows, mark))
    await desk.check(found.id, asked)
    async with desk.database.connection() as connection:
        foreseen = await store.read_foreseen(connection, desk.workspace_id, found.id)
    await desk.start(found.id, asked)
    await desk.world.drain()
    assert [row.row for row in foreseen if row.outcome == "rejected"] == [
        reject.row for reject in await desk.rejects(found.id)
    ]
    # By the fact of each row: an address that a later row replaced is nobody's in the end.
    sent_as = f"import-{found.id.hex}-"
    told = await desk.fetch(
        "SELECT message_id, contact_id FROM facts WHERE starts_with(message_id, $1)", sent_as
    )
    owners = {row["message_id"].removeprefix(sent_as): str(row["contact_id"]) for row in told}
    for row in sorted(foreseen, key=lambda row: row.row):
        if row.outcome != "rejected":
            held = stood.setdefault(owners[str(row.row)], {})
            for change in row.changes:
                assert held.pop(change.path, None) == change.before
                if change.after is not None:
                    held[change.path] = change.after
    assert stood == await hold(desk)
