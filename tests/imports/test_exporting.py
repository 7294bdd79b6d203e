"""Contacts leave as CSV: any number, any field, no formula; and come back as they were."""

import csv
import io
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from percorso.conditions import convert_condition
from percorso.imports import exporting
from percorso.imports.cells import make_reader, write_cell
from percorso.imports.downloading import begin_export, begin_report, list_exports
from percorso.imports.errors import ExportRefusedError
from percorso.imports.exporting import Audience
from percorso.imports.formulas import guard_cell, unguard_cell
from percorso.imports.model import Settings, Target
from tests.imports.conftest import Desk


async def take_out(
    desk: Desk, *fields: str, audience: Audience | None = None, **more: Any
) -> list[list[str]]:
    """The cells of an export, its header first, its rows in order of their text."""
    pieces = await begin_export(
        desk.database,
        desk.workspace_id,
        fields=fields,
        audience=audience or Audience(),
        condition=more.pop("condition", None),
        made_by="key",
        **more,
    )
    content = b"".join([piece async for piece in pieces]).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(content, newline=""))
    return [head, *sorted(rows)]


async def test_known_contacts_leave_with_the_fields_that_were_chosen(desk: Desk) -> None:
    await desk.world.join(
        "ada", firstName="Ada", points=-3, address={"city": "Torino"}, tags={"manual": ["a", "b"]}
    )
    await desk.world.join("bice", firstName="=1+1", member=True)
    rows = await take_out(
        desk,
        "email",
        "userId",
        "attributes.firstName",
        "attributes.points",
        "attributes.address.city",
        "attributes.tags.manual",
        "attributes.member",
        f"status.{desk.world.list_id}.sms",
    )
    assert rows == [
        ["email", "userId", "firstName", "points", "address.city", "tags.manual", "member",
         f"status.{desk.world.list_id}.sms"],
        ["ada@example.com", "ada", "Ada", "-3", "Torino", "a;b", "", "subscribed"],
        ["bice@example.com", "bice", "'=1+1", "", "", "", "true", "subscribed"],
    ]  # fmt: skip


async def test_an_audience_is_all_that_is_named(desk: Desk) -> None:
    for name in ("ada", "bice", "carla"):
        await desk.world.join(name, city="Roma" if name == "carla" else "Torino")
    await desk.world.track("bice", "campaignUnsubscribed", listId=str(desk.world.list_id), channel="email")
    on_list = Audience(list_id=desk.world.list_id)
    assert await take_out(desk, "email", audience=on_list) == [
        ["email"],
        ["ada@example.com"],
        ["carla@example.com"],
    ]
    in_turin = convert_condition(
        {
            "kind": "test", "source": "attribute", "path": "city", "type": "text", "operator": "equals",
            "operands": [{"kind": "value", "value": "torino"}],
        }
    )  # fmt: skip
    assert await take_out(desk, "email", audience=on_list, condition=in_turin) == [
        ["email"],
        ["ada@example.com"],
    ]
    segment_id, group_id = uuid4(), uuid4()
    bice = await desk.world.contact_id("bice")
    async with desk.database.transaction("test.commit") as connection:
        await connection.execute(
            "INSERT INTO segments VALUES ($1, $2, 'S', '', '{}', true, '{}', 1, $3, $3)",
            segment_id, desk.workspace_id, desk.world.now,
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO memberships VALUES ($1, $2, $3, $4, $5, NULL)",
            bice.bytes[15], bice, segment_id, desk.workspace_id, desk.world.now,
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO groups VALUES ($1, $2, 'Soci', '', 'ordinary', $3, $3)",
            group_id, desk.workspace_id, desk.world.now,
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO group_members VALUES ($1, $2, $3, $4, $5, 0)",
            bice.bytes[15], group_id, bice, desk.workspace_id, desk.world.now,
        )  # fmt: skip
    assert await take_out(desk, "email", audience=Audience(segment_id=segment_id)) == [
        ["email"],
        ["bice@example.com"],
    ]
    assert await take_out(desk, "email", "groups", audience=Audience(group_id=group_id)) == [
        ["email", "groups"],
        ["bice@example.com", "Soci"],
    ]


@pytest.mark.parametrize(
    ("fields", "audience", "code"),
    [
        ((), Audience(), "no_fields"),
        (("bucket",), Audience(), "unknown_field"),
        (("attributes.a..b",), Audience(), "unknown_field"),
        (("status.x.email",), Audience(), "unknown_field"),
        (("email",), Audience(segment_id=uuid4()), "no_such_segment"),
        (("email",), Audience(group_id=uuid4()), "no_such_group"),
        (("email",), Audience(list_id=uuid4()), "no_such_list"),
    ],
)
async def test_what_there_is_not_is_refused_before_anything_leaves(
    desk: Desk, fields: Sequence[str], audience: Audience, code: str
) -> None:
    with pytest.raises(ExportRefusedError) as refused:
        await take_out(desk, *fields, audience=audience)
    assert refused.value.code == code
    assert await desk.fetch("SELECT 1 FROM exports") == []


async def test_pages_join_without_a_gap_and_no_connection_is_held_between(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.take_in("email\n" + "".join(f"p{n}@example.com\n" for n in range(700)))
    monkeypatch.setattr(exporting, "PAGE", 2)
    pieces = await begin_export(
        desk.database,
        desk.workspace_id,
        fields=("email",),
        audience=Audience(),
        condition=None,
        made_by="key",
    )
    found: list[str] = []
    async for piece in pieces:
        found += piece.decode().split()
        # Whoever reads slowly holds nothing but the page that comes next.
        assert desk.database.pool.get_size() - desk.database.pool.get_idle_size() <= 1
    assert sorted(found[1:]) == sorted(f"p{n}@example.com" for n in range(700))


async def test_a_page_is_asked_for_again_when_the_database_was_away(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.world.join("ada")
    monkeypatch.setattr(exporting, "_PAUSES", (0.0, 0.0))
    failures = 0
    read = exporting._Reader._read  # pyright: ignore[reportPrivateUsage]

    async def fail_twice(*arguments: Any) -> Any:
        nonlocal failures
        if failures < 2:
            failures += 1
            raise ConnectionResetError
        return await read(*arguments)

    monkeypatch.setattr(exporting._Reader, "_read", fail_twice)  # pyright: ignore[reportPrivateUsage]
    assert await take_out(desk, "email") == [["email"], ["ada@example.com"]]


async def test_who_takes_what_is_written_down_before_the_first_row(desk: Desk) -> None:
    await desk.world.join("ada")
    pieces = await begin_export(
        desk.database,
        desk.workspace_id,
        fields=("email",),
        audience=Audience(),
        condition=None,
        made_by="user:1",
    )
    async with desk.database.connection() as connection:
        (line,) = await list_exports(connection, desk.workspace_id, before=None, size=10)
    assert (line.made_by, line.rows, line.finished_at) == ("user:1", None, None)
    assert line.question["fields"] == ["email"]
    size = sum([len(piece) async for piece in pieces])
    async with desk.database.connection() as connection:
        (line,) = await list_exports(connection, desk.workspace_id, before=None, size=10)
    assert (line.rows, line.bytes) == (1, size)
    audit = await desk.fetch("SELECT caller, action, subject FROM audit_records")
    assert [tuple(row) for row in audit] == [("user:1", "contacts.downloaded", str(line.id))]


@pytest.mark.parametrize(
    ("language", "why"), [("it", "Non è un numero intero."), ("en", "It is no whole number.")]
)
async def test_the_report_says_why_in_the_language_asked(desk: Desk, language: Any, why: str) -> None:
    found = await desk.receive("email,=età\nada@example.com,=x\n")
    await desk.start(found.id, Settings(targets=(Target("email"), Target("attribute", "age", "integer"))))
    await desk.world.drain()
    pieces = await begin_report(desk.database, desk.workspace_id, found.id, language=language, made_by="key")
    rows = list(csv.reader(io.StringIO(b"".join([piece async for piece in pieces]).decode())))
    assert rows[1] == ["2", "'=età", why, "ada@example.com", "'=x"]


TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t'\"=+-@,;"), min_size=1, max_size=30
).filter(lambda text: "\ufffd" not in text)
NAME = TEXT.filter(lambda name: all(name.split(".")))
"""Tracking refuses a name of which a part is empty."""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAME, inner, max_size=3),
    max_leaves=6,
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXT,
    "integer": st.integers(-(10**18) + 1, 10**18 - 1),
    "decimal": st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False, width=32),
    "boolean": st.booleans(),
    "date": st.dates().filter(lambda day: 2 <= day.year <= 9998).map(str),
    "date-time": st.datetimes().filter(lambda at: 2 <= at.year <= 9998).map(lambda at: at.isoformat() + "Z"),
    "list": st.lists(JSON, max_size=4),
    "object": st.dictionaries(NAME, JSON, max_size=3),
}


@given(st.data())
def test_a_value_written_and_read_is_the_value(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(VALUES)))
    value = data.draw(VALUES[kind])
    cell = unguard_cell(guard_cell(write_cell(value)))
    read = make_reader(Target("attribute", "x", kind), Settings(()))  # type: ignore[arg-type]
    assert read(cell) == value
    assert type(read(cell)) is type(value)


@given(st.text(max_size=20))
def test_guarding_can_be_taken_back_and_leaves_no_formula(text: str) -> None:
    assert unguard_cell(guard_cell(text)) == text
    assert guard_cell(text)[:1] not in set("=+-@\t\r") or not text


PERSON = st.fixed_dictionaries({}, optional={kind.replace("-", ""): value for kind, value in VALUES.items()})


@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(people=st.lists(PERSON, min_size=1, max_size=8))
async def test_what_was_exported_and_imported_is_what_was(desk: Desk, people: list[dict[str, Any]]) -> None:
    """import(export(x)) = x: into other contacts of the same workspace, told apart by their address."""
    tag = uuid4().hex
    targets = [Target("attribute", kind.replace("-", ""), kind) for kind in VALUES]  # type: ignore[arg-type]
    for number, attributes in enumerate(people):
        await desk.world.identify(f"{tag}{number}", email=f"a{number}@{tag}.example.com", **attributes)
    before = {email: value for email, value in (await desk.people()).items() if f"@{tag}." in email}
    fields = ("email", *(f"attributes.{target.path}" for target in targets))
    pieces = await begin_export(
        desk.database, desk.workspace_id, fields=fields, audience=Audience(), condition=None, made_by="key"
    )
    content = b"".join([piece async for piece in pieces]).decode().replace(f"@{tag}.", f"@copy-{tag}.")
    found = await desk.receive(content)
    await desk.start(found.id, Settings(targets=(Target("email"), *targets)))
    await desk.world.drain()
    assert (await desk.get(found.id)).counts.rejected == 0, await desk.rejects(found.id)
    after = {
        email.replace(f"@copy-{tag}.", f"@{tag}."): value
        for email, value in (await desk.people()).items()
        if f"@copy-{tag}." in email
    }
    assert after == before


async def test_of_nobody_only_the_header_leaves(desk: Desk) -> None:
    assert await take_out(desk, "email", for_spreadsheet=True) == [["email"]]
