"""Two lists of one workspace with people, journeys and messages on each: what is the other's says so in every value."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec

from percorso.db import Connection
from percorso.kit.ids import bucket_of
from percorso.workspaces.model import Setup
from tests.worker.segments import filter_of, text_is

MARK: Final = "zzplanted"
"""Stands in every value that a member narrowed to the first list must never be given."""
AT: Final = datetime(2026, 3, 2, 10, tzinfo=UTC)
GRAPH: Final[dict[str, Any]] = {"starts": [], "steps": {}, "first": ""}
FILTER: Final = filter_of(text_is("city", "Roma"))


class Planted(msgspec.Struct, frozen=True):
    """What was planted: `own` is on the first list, `both` on the two, `other` and all else on the other one alone."""

    own: UUID
    both: UUID
    other: UUID
    other_list: UUID
    other_journey: UUID
    own_journey: UUID
    other_run: UUID
    run_of_both: UUID
    own_run: UUID
    other_mail: UUID
    other_template: UUID
    rejected: UUID
    group: UUID
    segment: UUID

    @property
    def hidden(self) -> set[UUID]:
        """The ids that stay unsaid."""
        return {
            self.other,
            self.other_list,
            self.other_journey,
            self.other_run,
            self.run_of_both,
            self.other_mail,
            self.other_template,
            self.rejected,
        }


async def plant(connection: Connection, setup: Setup) -> Planted:
    """Write both lists' people as the worker and the courier leave them."""
    planted = Planted(**{field: uuid4() for field in Planted.__struct_fields__})
    await connection.execute("SELECT ensure_month_of_facts('2026-03-01')")
    await connection.execute(
        "INSERT INTO lists (id, workspace_id, name, sender_name, sender_address, time_zone, language, created_at)"
        " VALUES ($1, $2, $3, $3, 'b@zzplanted.example.com', 'Europe/Rome', 'it', $4)",
        *(planted.other_list, setup.workspace_id, f"{MARK} list", AT),
    )
    await connection.execute(
        "INSERT INTO groups (id, workspace_id, name, notes, kind, created_at, modified_at)"
        " VALUES ($1, $2, 'VIP', '', 'ordinary', $3, $3)",
        *(planted.group, setup.workspace_id, AT),
    )
    await connection.execute(
        "INSERT INTO segments (id, workspace_id, name, notes, tags, enabled, definition, revision, created_at,"
        " modified_at) VALUES ($1, $2, 'Rome', '', '{}', true, $3, 1, $4, $4)",
        *(planted.segment, setup.workspace_id, FILTER, AT),
    )
    await _plant_journey(connection, setup, setup.list_id, planted.own_journey, "own")
    await _plant_journey(connection, setup, planted.other_list, planted.other_journey, MARK)
    await _plant_template(connection, setup, planted)
    for contact_id, said in ((planted.own, "own"), (planted.both, "both"), (planted.other, MARK)):
        await _plant_contact(connection, setup, planted, contact_id, said)
    await _plant_statuses(connection, setup, planted)
    await _plant_run(connection, setup, planted.own, planted.own_journey, planted.own_run, "own")
    await _plant_run(connection, setup, planted.both, planted.other_journey, planted.run_of_both, MARK)
    await _plant_run(connection, setup, planted.other, planted.other_journey, planted.other_run, MARK)
    await _plant_message(connection, setup, planted)
    await _plant_beside(connection, setup, planted)
    return planted


async def _plant_statuses(connection: Connection, setup: Setup, planted: Planted) -> None:
    for contact_id, list_id, status in (
        (planted.own, setup.list_id, "unsubscribed"),
        (planted.both, setup.list_id, "subscribed"),
        (planted.both, planted.other_list, "subscribed"),
        (planted.other, planted.other_list, "subscribed"),
    ):
        await connection.execute(
            "INSERT INTO statuses VALUES ($1, $2, $3, 'email', $4, $5, 'test', $6, $7)",
            *(bucket_of(contact_id), contact_id, list_id, setup.workspace_id, status),
            *(MARK if list_id == planted.other_list else "yes", AT),
        )


async def _plant_journey(connection: Connection, setup: Setup, list_id: UUID, id: UUID, said: str) -> None:
    await connection.execute(
        "INSERT INTO journeys (id, workspace_id, list_id, name, state, version, draft, created_at, modified_at)"
        " VALUES ($1, $2, $3, $4, 'active', 1, $5, $6, $6)",
        *(id, setup.workspace_id, list_id, f"{said} journey", GRAPH, AT),
    )
    await connection.execute("INSERT INTO journey_versions VALUES ($1, 1, $2, $3)", id, GRAPH, AT)
    await connection.execute(
        "INSERT INTO counters VALUES (1, $1, 1, '', '', 'entered', $2, $3, 7)",
        *(id, AT.date(), setup.workspace_id),
    )


async def _plant_template(connection: Connection, setup: Setup, planted: Planted) -> None:
    await connection.execute(
        "INSERT INTO templates VALUES ($1, $2, $3, $4, 'email', 'marketing', 1, $5, $5)",
        *(planted.other_template, setup.workspace_id, planted.other_list, f"{MARK} template", AT),
    )
    await connection.execute(
        "INSERT INTO template_versions VALUES ($1, 1, $2, '', $2, $3)", planted.other_template, MARK, AT
    )


def _offset(contact_id: UUID, place: int) -> int:
    """Return a place in the log that is the contact's own, whoever shares its bucket."""
    return contact_id.int % 10**9 * 10 + place


async def _plant_fact(
    connection: Connection, setup: Setup, contact_id: UUID, place: int, said: dict[str, Any], **kinds: str
) -> None:
    await connection.execute(
        'INSERT INTO facts (bucket, "offset", workspace_id, contact_id, kind, name, message_id, occurred_at,'
        " received_at, properties, origin, historical, depth)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, 'api', false, 0)",
        *(
            bucket_of(contact_id),
            _offset(contact_id, place),
            setup.workspace_id,
            contact_id,
            kinds["kind"],
            kinds["name"],
        ),
        *(str(uuid4()), AT, said),
    )


async def _plant_contact(connection: Connection, setup: Setup, planted: Planted, id: UUID, said: str) -> None:
    where = (bucket_of(id), id, setup.workspace_id)
    attributes = {"firstName": said, "city": "Roma", f"only_{said}": said}
    await connection.execute(
        "INSERT INTO contacts (bucket, id, workspace_id, node_id, attributes, identities, email, anonymous,"
        ' created_at, updated_at, "offset") VALUES ($1, $2, $3, $4, $5, $6, $7, false, $8, $8, 0)',
        *(*where, setup.node_id, attributes, {"email": [f"{said}@example.com"]}, f"{said}@example.com", AT),
    )
    await _plant_fact(connection, setup, id, 1, {"title": said}, kind="event", name="viewedPage")
    await connection.execute(
        "INSERT INTO group_members VALUES ($1, $4, $2, $3, $5, 1)", *where, planted.group, AT
    )
    await connection.execute(
        "INSERT INTO memberships VALUES ($1, $2, $4, $3, $5)", *where, planted.segment, AT
    )
    await connection.execute(
        "INSERT INTO consent_records VALUES ($1, $2, 1, $3, $4, 'subscribed', 'test', $5, $6, '', '1')",
        *(*where, f"{planted.other_list}:email", MARK, AT),
    )


async def _plant_run(
    connection: Connection, setup: Setup, contact_id: UUID, journey_id: UUID, run_id: UUID, said: str
) -> None:
    where = (bucket_of(contact_id), run_id, setup.workspace_id, contact_id)
    await connection.execute(
        "INSERT INTO runs (bucket, id, workspace_id, contact_id, journey_id, version, key, state, step, visit,"
        " entered_at, reached_at, due_at, awaits, memory)"
        " VALUES ($1, $2, $3, $4, $5, 1, '', 'waiting', 'wait', 1, $6, $6, $6, '{}', $7)",
        *(*where, journey_id, AT, {"event": said}),
    )
    await connection.execute(
        "INSERT INTO traces (bucket, run_id, workspace_id, contact_id, number, at, entry)"
        " VALUES ($1, $2, $3, $4, 1, $5, $6)",
        *(*where, AT, {"step": "wait", "path": said}),
    )
    await connection.execute(
        "INSERT INTO webhook_calls (bucket, run_id, workspace_id, contact_id, id, journey_id, version, step, visit,"
        " url, body, planned_at, due_at, state, attempt, failures)"
        " VALUES ($1, $2, $3, $4, $5, $6, 1, 'hook', 1, $7, $8, $9, $9, 'due', 0, 0)",
        *(*where, uuid4(), journey_id, f"https://{said}.example.com/", {"said": said}, AT),
    )
    entered = {"journeyId": str(journey_id), "version": 1, "runId": str(run_id), "said": said}
    await _plant_fact(connection, setup, contact_id, 2, entered, kind="run", name="journeyEntered")


async def _plant_message(connection: Connection, setup: Setup, planted: Planted) -> None:
    """A message of the other list to somebody who is on both, as the mailbox and the timeline have it."""
    id = uuid4()
    await connection.execute(
        "INSERT INTO messages (bucket, id, workspace_id, contact_id, list_id, journey_id, channel, template_id,"
        ' class, state, "values", planned_at, due_at, marked_at, ended_at, subject) VALUES'
        " ($1, $2, $3, $4, $5, $6, 'email', $7, 'marketing', 'accepted', '{}', $8, $8, $8, $8, $9)",
        *(bucket_of(planted.both), id, setup.workspace_id, planted.both, planted.other_list),
        *(planted.other_journey, planted.other_template, AT, MARK),
    )
    await connection.execute(
        "INSERT INTO mailbox VALUES ($1, $2, 'email', $3, 'b@example.com', 'both@example.com', $4, $5, $6)",
        *(
            planted.other_mail,
            setup.workspace_id,
            AT,
            MARK,
            id,
            f"Subject: {MARK}\r\n\r\n{MARK}\r\n".encode(),
        ),
    )
    said = {"messageId": str(id), "listId": str(planted.other_list), "subject": MARK}
    await _plant_fact(connection, setup, planted.both, 3, said, kind="message", name="campaignSent")


async def _plant_beside(connection: Connection, setup: Setup, planted: Planted) -> None:
    """What has no list, or nobody could say which: it is the whole workspace's."""
    await connection.execute(
        "INSERT INTO rejected VALUES (3, $1, $2, $3, 'invalid', $4, $4, $4)",
        *(planted.rejected, setup.workspace_id, AT, MARK),
    )
    await connection.execute(
        "INSERT INTO receiving_domains (workspace_id, provider, domain, id, step, since, next_at, reply, replied_at)"
        " VALUES ($1, 'smtp', $2, $3, 1, $4, $4, $2, $4)",
        *(setup.workspace_id, f"{MARK}.example.com", uuid4(), AT),
    )
    await connection.execute(
        "INSERT INTO audit_records VALUES ($1, $2, $3, 'key', 'contact.exported', $4, $5)",
        *(uuid4(), setup.workspace_id, AT, str(planted.other), {"said": MARK}),
    )
    await connection.execute(
        "INSERT INTO exports (id, workspace_id, kind, question, made_by, created_at)"
        " VALUES ($1, $2, 'contacts', $3, $4, $5)",
        *(uuid4(), setup.workspace_id, {"said": MARK}, MARK, AT),
    )
