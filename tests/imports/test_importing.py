"""Rows become contacts, in order, once, with what the law wants."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from percorso.contacts.fields.actions import update_field
from percorso.contacts.fields.standard import STANDARD
from percorso.imports.actions import cancel_import
from percorso.imports.errors import ImportStateError, SettingsError, UnknownImportError
from percorso.imports.model import Counts, Evidence, Settings, Subscribing, Target
from percorso.imports.receiving import get_import, look_again
from tests.imports.conftest import Desk

PEOPLE = (
    "Email;Nome;Data di nascita;Punti;Socio;Città\n"
    "Ada@Example.com;Ada;10/12/1985;120;sì;Torino\n"
    "bice@example.com;Bice;31/01/1990;7;no;Roma\n"
)
EMAIL = Settings(targets=(Target("email"),))


async def test_rows_become_contacts_with_their_types(desk: Desk) -> None:
    done = await desk.take_in(PEOPLE, subscribing=desk.subscribing())
    assert (done.state, done.counts, done.progress) == ("done", Counts(rows=2, new=2), 1.0)
    assert await desk.people() == {
        "ada@example.com": {
            "firstName": "Ada", "birthDate": "1985-12-10", "Punti": 120, "Socio": True, "address": {"city": "Torino"},
        },
        "bice@example.com": {
            "firstName": "Bice", "birthDate": "1990-01-31", "Punti": 7, "Socio": False, "address": {"city": "Roma"},
        },
    }  # fmt: skip
    assert await desk.statuses() == {
        ("ada@example.com", "email"): "subscribed",
        ("bice@example.com", "email"): "subscribed",
    }
    assert await desk.fetch("SELECT 1 FROM import_pieces") == []


async def test_the_same_file_twice_changes_nothing_more(desk: Desk) -> None:
    await desk.take_in(PEOPLE, subscribing=desk.subscribing())
    before = await desk.people(), await desk.statuses()
    records = await desk.fetch("SELECT contact_id, number FROM consent_records")
    changes = await desk.fetch("SELECT contact_id, changed FROM changes")
    again = await desk.take_in(PEOPLE, subscribing=desk.subscribing())
    assert again.counts == Counts(rows=2, updated=2)
    assert (await desk.people(), await desk.statuses()) == before
    assert await desk.fetch("SELECT contact_id, number FROM consent_records") == records
    assert await desk.fetch("SELECT contact_id, changed FROM changes") == changes


async def test_a_later_row_of_the_same_person_has_the_last_word(desk: Desk) -> None:
    done = await desk.take_in("email,nome\nada@example.com,Ada\nADA@example.com,Adele\n")
    assert done.counts == Counts(rows=2, new=1, updated=1)
    assert (await desk.people())["ada@example.com"] == {"firstName": "Adele"}


async def test_an_empty_cell_says_nothing_unless_it_is_to_clear(desk: Desk) -> None:
    await desk.take_in("email,nome\nada@example.com,Ada\n")
    await desk.take_in("email,nome\nada@example.com,\nbice@example.com,B\n")
    assert (await desk.people())["ada@example.com"] == {"firstName": "Ada"}
    await desk.take_in("email,nome\nada@example.com,\nbice@example.com,B\n", clears_empty=True)
    assert (await desk.people())["ada@example.com"] == {"firstName": None}


async def test_who_unsubscribed_stays_so(desk: Desk) -> None:
    await desk.world.join("ada")
    await desk.world.track("ada", "campaignUnsubscribed", listId=str(desk.world.list_id), channel="email")
    done = await desk.take_in("email\nada@example.com\nbice@example.com\n", subscribing=desk.subscribing())
    statuses = await desk.statuses()
    assert statuses["ada@example.com", "email"] == "unsubscribed"
    assert statuses["bice@example.com", "email"] == "subscribed"
    assert done.counts == Counts(rows=2, new=1, updated=1, kept_unsubscribed=1)
    told = await desk.fetch(
        "SELECT 1 FROM facts JOIN contacts AS c ON c.id = facts.contact_id"
        " WHERE facts.origin = 'job' AND facts.kind = 'status' AND c.email = 'ada@example.com'"
    )
    assert told == []


@pytest.mark.parametrize(("days", "status"), [(1, "unsubscribed"), (-1, "subscribed")])
async def test_evidence_counts_if_it_is_younger_than_the_refusal(desk: Desk, days: int, status: str) -> None:
    await desk.world.join("ada")
    await desk.world.track("ada", "campaignUnsubscribed", listId=str(desk.world.list_id), channel="email")
    said_at = desk.world.now - timedelta(days=days)
    if days < 0:
        await desk.world.advance(days=2)
    evidence = Evidence("Ho cambiato idea, modulo in negozio.", said_at)
    await desk.take_in("email\nada@example.com\n", subscribing=desk.subscribing(), evidence=evidence)
    assert (await desk.statuses())["ada@example.com", "email"] == status
    records = await desk.fetch("SELECT wording FROM consent_records WHERE source = 'import'")
    assert [row["wording"] for row in records] == ([evidence.wording] if days < 0 else [])


async def test_a_list_that_asks_for_confirmation_gets_pending_ones(desk: Desk) -> None:
    await desk.world.join("ada")
    async with desk.database.transaction("test.commit") as connection:
        await connection.execute("UPDATE lists SET opt_in = 'double'")
    await desk.take_in("email\nada@example.com\nbice@example.com\n", subscribing=desk.subscribing())
    statuses = await desk.statuses()
    assert statuses["ada@example.com", "email"] == "subscribed"
    assert statuses["bice@example.com", "email"] == "pending"
    (mail,) = await desk.world.mailbox()
    assert (mail.recipient, mail.subject) == ("bice@example.com", "Conferma l’iscrizione a Novità")


async def test_an_import_may_ask_where_the_list_does_not(desk: Desk) -> None:
    await desk.take_in("email\nada@example.com\n", subscribing=desk.subscribing(), asks_confirmation=True)
    await desk.take_in("email\nbice@example.com\n", subscribing=desk.subscribing())
    statuses = await desk.statuses()
    assert statuses["ada@example.com", "email"] == "pending"
    assert statuses["bice@example.com", "email"] == "subscribed"
    assert [mail.recipient for mail in await desk.world.mailbox()] == ["ada@example.com"]
    # The same file again asks nobody a second time.
    await desk.take_in("email\nada@example.com\n", subscribing=desk.subscribing(), asks_confirmation=True)
    assert len(await desk.world.mailbox()) == 1


async def test_a_row_that_leaves_a_required_field_empty_is_rejected_with_its_name(desk: Desk) -> None:
    await desk.take_in("email,nome\nold@example.com,\nfull@example.com,Full\n")
    async with desk.database.transaction("test.commit") as connection:
        first = STANDARD["firstName"]
        await update_field(connection, desk.workspace_id, msgspec.structs.replace(first, required=True))
    file = (
        "email,nome,città\n"
        "ada@example.com,,Roma\n"  # new without it
        "bice@example.com,Bice,Roma\n"
        "BICE@example.com,,Milano\n"  # not new any more
        "old@example.com,,Roma\n"  # lacked it before
        "full@example.com,,Roma\n"
    )
    found = await desk.receive(file)
    settings = await desk.guess(found.id)
    assert await desk.check(found.id, settings) == Counts(rows=5, new=1, updated=3, rejected=1)
    await desk.start(found.id, settings)
    await desk.world.drain()
    done = await desk.get(found.id)
    assert done.counts == Counts(rows=5, new=1, updated=3, rejected=1)
    (reject,) = await desk.rejects(found.id)
    assert (reject.row, reject.code, reject.column, reject.values) == (
        2,
        "required",
        1,
        {"field": "firstName"},
    )
    assert (await desk.people())["bice@example.com"]["address"] == {"city": "Milano"}
    clearing = await desk.take_in("email,nome\nfull@example.com,\nold@example.com,\n", clears_empty=True)
    assert (clearing.counts.rejected, clearing.counts.updated) == (2, 0)


async def test_everyone_can_be_unsubscribed(desk: Desk) -> None:
    await desk.world.join("ada")
    await desk.take_in("email\nada@example.com\n", subscribing=desk.subscribing(status="unsubscribed"))
    assert (await desk.statuses())["ada@example.com", "email"] == "unsubscribed"


GRAPH: dict[str, Any] = {
    "starts": [{"id": "start", "event": "campaignSubscribed"}],
    "reentry": {"rule": "every_time", "inside": "ignore"},
    "first": "end",
    "steps": {"end": {"kind": "end", "outcome": "positive"}},
}


@pytest.mark.parametrize("starts", [False, True])
async def test_an_import_starts_journeys_only_if_it_says_so(desk: Desk, starts: bool) -> None:
    await desk.world.publish("Benvenuto", GRAPH)
    await desk.take_in("email\nada@example.com\n", subscribing=desk.subscribing(), starts_journeys=starts)
    assert len(await desk.fetch("SELECT 1 FROM runs")) == starts


async def test_contacts_join_groups(desk: Desk) -> None:
    group_id = uuid4()
    async with desk.database.transaction("test.commit") as connection:
        await connection.execute(
            "INSERT INTO groups VALUES ($1, $2, 'Soci', '', 'ordinary', $3, $3)",
            group_id, desk.workspace_id, desk.world.now,
        )  # fmt: skip
    await desk.take_in("email\nada@example.com\n", group_ids=(group_id,))
    facts = await desk.fetch("SELECT name, properties FROM facts WHERE kind = 'group'")
    assert [tuple(fact) for fact in facts] == [("groupJoined", {"groupId": str(group_id)})]


async def test_a_dry_run_counts_what_the_import_then_does(desk: Desk) -> None:
    await desk.world.join("ada")
    content = "email,età\nada@example.com,3\nbice@example.com,4\nBICE@example.com,5\nnobody,6\ncarla@example.com,x\n"
    found = await desk.receive(content)
    settings = Settings(targets=(Target("email"), Target("attribute", "age", "integer")))
    checked = await desk.check(found.id, settings)
    assert checked == Counts(rows=5, new=1, updated=2, rejected=2)
    assert "bice@example.com" not in await desk.people()
    await desk.start(found.id, settings)
    await desk.world.drain()
    assert (await desk.get(found.id)).counts == checked


async def test_starting_twice_is_starting_once(desk: Desk) -> None:
    found = await desk.receive("email\nada@example.com\n")
    await desk.start(found.id, EMAIL)
    await desk.start(found.id, EMAIL)
    await desk.world.drain()
    assert (await desk.start(found.id, EMAIL)).state == "done"
    with pytest.raises(ImportStateError):
        await desk.start(found.id, Settings(targets=(Target("user_id"),)))


async def test_a_cancelled_import_takes_in_nothing_more(desk: Desk) -> None:
    found = await desk.receive("email\nada@example.com\n")
    await desk.start(found.id, EMAIL)
    async with desk.database.transaction("test.commit") as connection:
        await cancel_import(connection, desk.workspace_id, found.id)
        await cancel_import(connection, desk.workspace_id, found.id)
    await desk.world.drain()
    assert (await desk.get(found.id)).state == "cancelled"
    assert await desk.people() == {}
    assert await desk.fetch("SELECT 1 FROM import_pieces") == []


async def test_an_import_of_another_workspace_is_none(desk: Desk) -> None:
    found = await desk.receive("email\nada@example.com\n")
    async with desk.database.connection() as connection:
        with pytest.raises(UnknownImportError):
            await get_import(connection, uuid4(), found.id)


async def test_a_file_can_be_read_otherwise(desk: Desk) -> None:
    found = await desk.receive("email,nome\nada@example.com,Città\n".encode("mac_roman"))
    async with desk.database.transaction("test.commit") as connection:
        await look_again(connection, desk.workspace_id, found.id, encoding="mac_roman", has_header=False)
    preview = await desk.preview(found.id)
    assert preview.rows == (("email", "nome"), ("ada@example.com", "Città"))
    assert preview.found.layout is not None
    assert preview.found.layout.headers == ("#1", "#2")


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (Settings(targets=()), "wrong_width"),
        (Settings(targets=(Target("attribute", "x"), Target())), "no_identity_column"),
        (Settings(targets=(Target("email"), Target("email"))), "duplicate_target"),
        (Settings(targets=(Target("email"), Target("attribute", "a..b"))), "bad_path"),
        (Settings(targets=(Target("email"), Target("attribute", "email"))), "bad_path"),
        (Settings(targets=(Target("email"), Target("attribute", "x\0"))), "bad_path"),
        (Settings(targets=(Target("email"), Target("attribute", "x", "date", "QQ"))), "bad_format"),
        (Settings(targets=(Target("email"), Target()), subscribing=(Subscribing(uuid4()),)), "no_such_list"),
        (Settings(targets=(Target("email"), Target()), group_ids=(uuid4(),)), "no_such_group"),
        (Settings(targets=(Target("email"), Target()), country="XX"), "bad_country"),
        (Settings(targets=(Target("email"), Target()), time_zone="Mars/Base"), "bad_time_zone"),
    ],
)
async def test_what_cannot_be_done_is_refused_before_anything(
    desk: Desk, settings: Settings, code: str
) -> None:
    found = await desk.receive("email,nome\nada@example.com,Ada\n")
    with pytest.raises(SettingsError) as refused:
        await desk.start(found.id, settings)
    assert refused.value.code == code
    assert (await desk.get(found.id)).state == "ready"
