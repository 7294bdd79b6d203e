"""Segments as their screens show them: how many, who, and two of them side by side."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from percorso.contacts.store import load_contacts
from percorso.db import Connection
from percorso.kit.ids import bucket_of
from percorso.reports.cursors import PAGE, read_cursor, write_cursor
from percorso.reports.model import Shape
from percorso.reports.store import like_pattern, queries
from percorso.reports.words import contact_name

AGES: Final = ((0, 17), (18, 24), (25, 34), (35, 44), (45, 54), (55, 64), (65, 200))
"""Years of age that are counted together."""

MOST_VALUES: Final = 20
"""Values of a question that are told apart; the rest is summed up."""


class SegmentMember(Shape, frozen=True):
    """A member of a segment. `name` is empty when none is known."""

    id: UUID
    name: str
    email: str | None
    phone: str | None
    entered_at: datetime | None = None


class SegmentMemberPage(Shape, frozen=True):
    """Members of a segment."""

    items: list[SegmentMember]
    next_cursor: str | None


class MemberOf(Shape, frozen=True):
    """A segment that a contact is in, and since when."""

    id: UUID
    name: str
    entered_at: datetime


class Share(Shape, frozen=True):
    """How many members have this value; empty: unknown, `…`: all others together."""

    value: str
    members: int


class Deed(Shape, frozen=True):
    """What members did: how often, how many of them, and for how much, where that can be said."""

    name: str
    times: int
    contacts: int
    revenue: float | None


class Portrait(Shape, frozen=True):
    """One segment: its members, how they are spread, and what they did."""

    segment_id: UUID
    members: int
    gender: list[Share]
    age: list[Share]
    country: list[Share]
    city: list[Share]
    language: list[Share]
    events: list[Deed]


class Comparison(Shape, frozen=True):
    """Segments side by side, over a period."""

    since: datetime
    until: datetime
    segments: list[Portrait]


async def list_members(
    connection: Connection, workspace_id: UUID, segment_id: UUID, *, q: str | None, cursor: str | None
) -> SegmentMemberPage:
    """Return a page of a segment's members."""
    rows = await queries.fetch(
        connection,
        "list_segment_members",
        workspace_id=workspace_id,
        segment_id=segment_id,
        pattern=like_pattern(q),
        after=read_cursor(cursor, UUID),
        size=PAGE + 1,
    )
    shown = rows[:PAGE]
    return SegmentMemberPage(
        items=[
            SegmentMember(
                id=row["id"],
                name=contact_name(row["attributes"]),
                email=row["email"],
                phone=row["phone"],
                entered_at=row["entered_at"],
            )
            for row in shown
        ],
        next_cursor=write_cursor(shown[-1]["id"]) if len(rows) > PAGE else None,
    )


async def name_members(connection: Connection, contact_ids: Sequence[UUID]) -> list[SegmentMember]:
    """Return these contacts as a list shows them, in the order given."""
    contacts = await load_contacts(connection, contact_ids)
    return [
        SegmentMember(id=id, name=contact_name(contact.attributes), email=contact.email, phone=contact.phone)
        for id in contact_ids
        if (contact := contacts.get(id)) is not None
    ]


async def list_segments_of(connection: Connection, workspace_id: UUID, contact_id: UUID) -> list[MemberOf]:
    """Return the segments that a contact is in, by name."""
    rows = await queries.fetch(
        connection,
        "list_contact_segments",
        bucket=bucket_of(contact_id),
        contact_id=contact_id,
        workspace_id=workspace_id,
    )
    return [MemberOf(id=row["id"], name=row["name"], entered_at=row["entered_at"]) for row in rows]


async def compare(
    connection: Connection,
    workspace_id: UUID,
    ids: Sequence[UUID],
    *,
    since: datetime,
    until: datetime,
    journey_id: UUID | None = None,
) -> Comparison:
    """Return these segments side by side; events of one journey only, if one is named."""
    profiles = await queries.fetch(connection, "compare_profiles", workspace_id=workspace_id, ids=ids)
    deeds = await queries.fetch(
        connection,
        "compare_events",
        workspace_id=workspace_id,
        ids=ids,
        since=since,
        until=until,
        journey_id=None if journey_id is None else str(journey_id),
    )
    counted: dict[UUID, dict[str, dict[str, int]]] = {id: {} for id in ids}
    for row in profiles:
        counted[row["segment_id"]].setdefault(row["name"], {})[row["value"]] = row["members"]
    done: dict[UUID, list[Deed]] = {id: [] for id in ids}
    for row in deeds:
        revenue = None if row["revenue"] is None else float(row["revenue"])
        deed = Deed(name=row["name"], times=row["times"], contacts=row["contacts"], revenue=revenue)
        done[row["segment_id"]].append(deed)
    portraits = [_portray(id, counted[id], done[id], until.year) for id in ids]
    return Comparison(since=since, until=until, segments=portraits)


def _portray(id: UUID, counted: dict[str, dict[str, int]], done: list[Deed], year: int) -> Portrait:
    ages: dict[str, int] = {}
    for born, members in counted.get("age", {}).items():
        ages[_age_range(born, year)] = ages.get(_age_range(born, year), 0) + members
    return Portrait(
        segment_id=id,
        members=sum(counted.get("gender", {}).values()),
        gender=_shares(counted.get("gender", {})),
        age=[Share(value=value, members=members) for value, members in sorted(ages.items())],
        country=_shares(counted.get("country", {})),
        city=_shares(counted.get("city", {})),
        language=_shares(counted.get("language", {})),
        events=sorted(done, key=lambda deed: (-deed.times, deed.name)),
    )


def _age_range(born: str, year: int) -> str:
    if not born:
        return ""
    age = year - int(born)
    low, high = next((span for span in AGES if span[0] <= age <= span[1]), (0, 17))
    return f"{low:02}-{high}" if high < AGES[-1][1] else f"{low}+"


def _shares(counted: dict[str, int]) -> list[Share]:
    listed = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    shares = [Share(value=value, members=members) for value, members in listed[:MOST_VALUES]]
    rest = sum(members for _, members in listed[MOST_VALUES:])
    return [*shares, Share(value="…", members=rest)] if rest else shares
