"""Segments for tests of the worker: saved by hand, told to the buckets that a test looks at."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from percorso.conditions import compile_sql
from percorso.kit.ids import Bucket, derive_id
from percorso.log.actions import append_facts
from percorso.log.model import FactDraft
from percorso.segments.codec import convert_definition
from percorso.segments.model import SEGMENT_DISABLED, SEGMENT_PUBLISHED
from percorso.segments.trees import to_condition
from tests.worker.scene import START, WORKSPACE_ID, Scene


def segment_id(name: str) -> UUID:
    """Return the id of the segment of this name."""
    return derive_id("segment", name)


def filter_of(condition: dict[str, Any]) -> dict[str, Any]:
    """Return the definition of a segment by a condition."""
    return {"kind": "filter", "condition": condition}


def text_is(path: str, value: str) -> dict[str, Any]:
    """Return the condition that an attribute is this text."""
    return {
        "kind": "test",
        "source": "attribute",
        "path": path,
        "type": "text",
        "operator": "equals",
        "operands": [{"kind": "value", "value": value}],
    }


def did(event: str, *, within: int | None = None, times: int = 1, unit: str = "days") -> dict[str, Any]:
    """Return the condition that an event happened at least so often, in the last so many days or ever."""
    window = {"kind": "ago", "amount": within, "unit": unit} if within is not None else {"kind": "anytime"}
    return {
        "kind": "happened",
        "pattern": {"events": [event]},
        "window": window,
        "operands": [{"kind": "value", "value": times}],
    }


def in_segment(name: str) -> dict[str, Any]:
    """Return the condition that the contact is a member."""
    return {"kind": "membership", "of": "segment", "id": str(segment_id(name))}


async def keep(
    scene: Scene,
    name: str,
    definition: dict[str, Any] | None,
    *,
    revision: int = 1,
    buckets: Sequence[int] = (7,),
) -> UUID:
    """Save a revision and append its control fact to these buckets; None: the segment is disabled."""
    id = segment_id(name)
    cause = "disabled" if definition is None else "created" if revision == 1 else "edited"
    said = {"segmentId": str(id), "revision": revision, "cause": cause}
    async with scene.database.transaction("test.commit") as connection:
        await connection.execute(
            "INSERT INTO segment_revisions (segment_id, number, workspace_id, enabled, definition, time_zone, saved_at)"
            " VALUES ($1, $2, $3, $4, $5, 'Europe/Rome', $6)",
            id,
            revision,
            WORKSPACE_ID,
            definition is not None,
            definition or {},
            START,
        )
        drafts = [
            FactDraft(
                Bucket(bucket),
                WORKSPACE_ID,
                None,
                "control",
                SEGMENT_DISABLED if definition is None else SEGMENT_PUBLISHED,
                str(derive_id("control", id, revision, bucket)),
                scene.now,
                msgspec.json.encode(said),
                origin="job",
            )
            for bucket in buckets
        ]
        await append_facts(connection, drafts, received_at=scene.now)
    return id


async def members(scene: Scene, name: str) -> set[UUID]:
    """Return the members of a segment as kept."""
    rows = await scene.rows("memberships", "contact_id", "segment_id", "entered_at")
    return {row[0] for row in rows if row[1] == segment_id(name) and row[2] is not None}


async def list_members(scene: Scene) -> dict[UUID, set[UUID]]:
    """Return the members of every segment that has some, as kept."""
    found: dict[UUID, set[UUID]] = {}
    for contact, segment, entered_at in await scene.rows(
        "memberships", "contact_id", "segment_id", "entered_at"
    ):
        if entered_at is not None:
            found.setdefault(segment, set()).add(contact)
    return found


async def ask_sql(scene: Scene, definition: dict[str, Any]) -> set[UUID]:
    """Return who meets a definition, as SQL finds them at the cursors."""
    asked = compile_sql(
        to_condition(convert_definition(definition)),
        now=scene.now,
        time_zone="Europe/Rome",
        workspace_id=WORKSPACE_ID,
    )
    async with scene.database.connection() as connection:
        rows = await connection.fetch(
            f"SELECT contacts.id FROM contacts {asked.joins} WHERE NOT contacts.anonymous AND {asked.text}",
            *asked.parameters,
        )
    return {row[0] for row in rows}


async def turns(scene: Scene) -> list[tuple[str, UUID, UUID, str | None]]:
    """Return what the log tells of entering and leaving: (name, contact, segment, cause), in its order."""
    rows = await scene.rows("facts", "kind", "name", "contact_id", "properties", order='bucket, "offset"')
    return [
        (name, contact, UUID(said["segmentId"]), said.get("cause"))
        for kind, name, contact, said in rows
        if kind == "segment"
    ]


def greet_graph(event: str, condition: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a journey that begins by an event and waits a day."""
    start: dict[str, Any] = {"id": "s", "event": event}
    if condition is not None:
        start["condition"] = condition
    return {
        "starts": [start],
        "first": "pause",
        "steps": {
            "pause": {"kind": "wait", "period": {"amount": 1, "unit": "days"}, "next": "end"},
            "end": {"kind": "end", "outcome": "positive"},
        },
    }


def turned(name: str) -> dict[str, Any]:
    """Return the condition that the event at hand is about the segment of this name."""
    return text_is("segmentId", str(segment_id(name))) | {"source": "event"}
