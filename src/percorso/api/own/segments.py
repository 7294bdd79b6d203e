"""Segments: saved, changed, deleted; counted before they are saved; who is in them and why; two side by side."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import UNSET, UnsetType

from percorso.api.errors import RequestError
from percorso.api.language import TheLanguage
from percorso.api.own.authoring import Name, Note, Tags, given
from percorso.api.own.caller import Caller, TheCaller, TheDatabase
from percorso.api.own.idempotency import answer_once
from percorso.api.own.reading import AS_OF_HEADER, Cursor, Search, Tag
from percorso.api.own.routes import delete, get, patch, post
from percorso.conditions.model import Leaf
from percorso.db import Connection
from percorso.db.clock import read_product_time
from percorso.kit.ids import BUCKETS
from percorso.reports import segments as reports
from percorso.reports.cursors import PAGE, read_cursor, write_cursor
from percorso.reports.model import Shape
from percorso.reports.store import await_applied, like_pattern
from percorso.segments import actions, asking, store
from percorso.segments.codec import convert_definition
from percorso.segments.model import Combination, Segment

AnyRequest = Request[Any, Any, Any]
Definition = dict[str, Any]
"""A filter (`{kind: filter, condition}`) or a combination (`{kind: combination, first, then}`)."""

LONGEST_PERIOD: Final = timedelta(days=3660)
"""What a comparison may look back on."""

Moment = Annotated[datetime | None, QueryParameter(description="A moment with its zone (RFC 3339).")]


class NewSegment(Shape, frozen=True, forbid_unknown_fields=True):
    """A segment to be saved, and filled."""

    name: Name
    definition: Definition
    notes: Note = ""
    tags: Tags = ()
    enabled: bool = True


class SegmentChange(Shape, frozen=True, forbid_unknown_fields=True):
    """What to change of a segment; what is left out stays. `readAt`: the `modifiedAt` that the editor last saw."""

    name: Name | UnsetType = UNSET
    definition: Definition | UnsetType = UNSET
    notes: Note | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    read_at: datetime | UnsetType = UNSET


class PreviewAsk(Shape, frozen=True, forbid_unknown_fields=True):
    """A definition to be counted; `segmentId` is the segment that it would be saved under."""

    definition: Definition
    segment_id: UUID | None = None


class ExplainAsk(Shape, frozen=True, forbid_unknown_fields=True):
    """A definition to be held against one contact; `segmentId` is the segment that it would be saved under."""

    definition: Definition
    contact_id: UUID
    segment_id: UUID | None = None


class SegmentShape(Shape, frozen=True):
    """A segment. `members` as kept now; `filling`: some bucket has still to go over to what was last saved."""

    id: UUID
    name: str
    notes: str
    tags: tuple[str, ...]
    enabled: bool
    is_combination: bool
    definition: Definition
    revision: int
    members: int
    filling: bool
    created_at: datetime
    modified_at: datetime


class SegmentPage(Shape, frozen=True):
    """Segments by name."""

    items: list[SegmentShape]
    next_cursor: str | None


class FaultShape(Shape, frozen=True):
    """What is wrong with a definition, and where. A warning keeps nobody from saving."""

    at: str
    code: str
    sentence: str
    is_warning: bool


class PreviewShape(Shape, frozen=True):
    """How many known contacts meet a definition and some of them; `count` is null where it has faults."""

    count: int | None
    sample: list[reports.SegmentMember]
    faults: list[FaultShape]
    as_of: datetime


class WhyLine(Shape, frozen=True):
    """One condition, what was read, what it was compared with, and the outcome."""

    test: Leaf
    read: Any
    compared: tuple[Any, ...]
    verdict: bool


class WhyShape(Shape, frozen=True):
    """How a contact stands with a segment, and every condition as judged at `asOf`, where the bucket stands.

    `judgeAt`: when it is looked at again although nothing happens.
    """

    is_member: bool
    entered_at: datetime | None
    judge_at: datetime | None
    holds: bool
    verdicts: list[WhyLine]
    bucket: int
    offset: int
    as_of: datetime


class MemberOfPage(Shape, frozen=True):
    """The segments that a contact is in, by name."""

    items: list[reports.MemberOf]


@get("/segments")
async def list_segments(
    database: TheDatabase, caller: TheCaller, q: Search = None, tag: Tag = None, cursor: Cursor = None
) -> SegmentPage:
    """Segments by name."""
    after = read_cursor(cursor, tuple[str, UUID])
    async with database.request_transaction(caller.workspace_id) as connection:
        found = await store.list_segments(
            connection,
            caller.workspace_id,
            pattern=like_pattern(q),
            tags=None if tag is None else [tag],
            after=after,
            size=PAGE + 1,
        )
        shown = found[:PAGE]
        items = await _shapes(connection, caller, shown)
    last = write_cursor((shown[-1].name.lower(), shown[-1].id)) if len(found) > PAGE else None
    return SegmentPage(items=items, next_cursor=last)


@post("/segments", status_code=201)
async def make_segment(
    request: AnyRequest, data: JSONBody[NewSegment], database: TheDatabase, caller: TheCaller
) -> Response[SegmentShape]:
    """Save a segment; it is filled with those who meet it, bucket by bucket. Answers 422 with every fault."""

    async def make(id: UUID) -> SegmentShape:
        async with database.request_transaction(caller.workspace_id) as connection:
            segment = await actions.create_segment(
                connection,
                caller.workspace_id,
                id=id,
                name=data.name,
                definition=convert_definition(data.definition),
                notes=data.notes,
                tags=data.tags,
                enabled=data.enabled,
            )
            return (await _shapes(connection, caller, [segment]))[0]

    return await answer_once(request, database, caller, make)


@get("/segments/{id:uuid}")
async def get_segment(id: FromPath[UUID], database: TheDatabase, caller: TheCaller) -> SegmentShape:
    """One segment."""
    async with database.request_transaction(caller.workspace_id) as connection:
        segment = await actions.get_segment(connection, caller.workspace_id, id)
        return (await _shapes(connection, caller, [segment]))[0]


@patch("/segments/{id:uuid}")
async def change_segment(
    id: FromPath[UUID], data: JSONBody[SegmentChange], database: TheDatabase, caller: TheCaller
) -> SegmentShape:
    """Change a segment; what decides its members makes it filled anew, with the cause in the facts."""
    definition = given(data.definition)
    async with database.request_transaction(caller.workspace_id) as connection:
        segment = await actions.update_segment(
            connection,
            caller.workspace_id,
            id,
            name=given(data.name),
            definition=None if definition is None else convert_definition(definition),
            notes=given(data.notes),
            tags=given(data.tags),
            enabled=given(data.enabled),
            read_at=given(data.read_at),
        )
        return (await _shapes(connection, caller, [segment]))[0]


@delete("/segments/{id:uuid}", status_code=204)
async def delete_segment(id: FromPath[UUID], database: TheDatabase, caller: TheCaller) -> None:
    """Delete a segment; its members leave it."""
    async with database.request_transaction(caller.workspace_id) as connection:
        await actions.delete_segment(connection, caller.workspace_id, id)


@post("/segments/preview", status_code=200)
async def preview_segment(
    data: JSONBody[PreviewAsk], database: TheDatabase, caller: TheCaller, language: TheLanguage
) -> PreviewShape:
    """Count the known contacts who meet a definition, and show ten of them; nothing is saved."""
    definition = convert_definition(data.definition)
    # The owner of the tables asks: behind row-level security `->>` and LIKE would lose their indexes. Who is narrowed
    # pays that: what they are given as the database stands behind its policies whatever it is asked for.
    async with database.snapshot() as connection:
        now = await read_product_time(connection)
        found = await asking.preview(
            connection, caller.workspace_id, definition, now=now, segment_id=data.segment_id
        )
        sample = await reports.name_members(connection, found.contact_ids)
    return PreviewShape(
        count=found.count,
        sample=sample,
        faults=[
            FaultShape(
                at=fault.at,
                code=fault.code,
                sentence=fault.say(language),
                is_warning=fault.severity == "warning",
            )
            for fault in found.faults
        ],
        as_of=now,
    )


@get("/segments/{id:uuid}/members")
async def list_segment_members(
    id: FromPath[UUID], database: TheDatabase, caller: TheCaller, q: Search = None, cursor: Cursor = None
) -> Response[reports.SegmentMemberPage]:
    """Who is in a segment."""
    as_of = await await_applied(database)
    async with database.request_transaction(caller.workspace_id) as connection:
        await actions.get_segment(connection, caller.workspace_id, id)
        page = await reports.list_members(connection, caller.workspace_id, id, q=q, cursor=cursor)
    return Response(page, headers={} if as_of is None else {AS_OF_HEADER: as_of.isoformat()})


@get("/segments/{id:uuid}/contacts/{contact_id:uuid}")
async def explain_member(
    id: FromPath[UUID], contact_id: FromPath[UUID], database: TheDatabase, caller: TheCaller
) -> WhyShape:
    """Why a contact is in a segment, or is not: every condition with what was read."""
    async with database.request_snapshot(caller.workspace_id) as connection:
        now = await read_product_time(connection)
        reason = await asking.explain_contact(connection, caller.workspace_id, id, contact_id, now=now)
    return _shape_reason(reason)


@post("/segments/explain", status_code=200)
async def explain_definition(
    data: JSONBody[ExplainAsk], database: TheDatabase, caller: TheCaller
) -> WhyShape:
    """Why a contact meets a definition, or does not: every condition with what was read; nothing is saved.

    Membership is told of the segment that is being edited, as it is kept now.
    """
    definition = convert_definition(data.definition)
    async with database.request_snapshot(caller.workspace_id) as connection:
        now = await read_product_time(connection)
        reason = await asking.explain_contact(
            connection, caller.workspace_id, data.segment_id, data.contact_id, now=now, definition=definition
        )
    return _shape_reason(reason)


def _shape_reason(reason: asking.Reason) -> WhyShape:
    kept = reason.membership
    return WhyShape(
        is_member=kept is not None and kept.entered_at is not None,
        entered_at=kept.entered_at if kept is not None else None,
        judge_at=kept.judge_at if kept is not None else None,
        holds=reason.explanation.holds,
        verdicts=[
            WhyLine(test=said.test, read=said.read, compared=said.compared, verdict=said.verdict)
            for said in reason.explanation.verdicts
        ],
        bucket=reason.bucket,
        offset=reason.offset,
        as_of=reason.now,
    )


@get("/contacts/{id:uuid}/segments")
async def list_segments_of(id: FromPath[UUID], database: TheDatabase, caller: TheCaller) -> MemberOfPage:
    """The segments that a contact is in."""
    async with database.request_transaction(caller.workspace_id) as connection:
        return MemberOfPage(items=await reports.list_segments_of(connection, caller.workspace_id, id))


@get("/segments/compare")
async def compare_segments(
    database: TheDatabase,
    caller: TheCaller,
    one: Annotated[UUID, QueryParameter(description="A segment.")],
    other: Annotated[UUID, QueryParameter(description="The one beside it.")],
    since: Moment = None,
    until: Moment = None,
    journey: Annotated[UUID | None, QueryParameter(description="Only what is about this journey.")] = None,
) -> reports.Comparison:
    """Two segments side by side: who is in them, and what they did; the last 30 days where no period is named."""
    async with database.request_snapshot(caller.workspace_id) as connection:
        for id in (one, other):
            await actions.get_segment(connection, caller.workspace_id, id)
        end = until or await read_product_time(connection)
        begin = since or end - timedelta(days=30)
        if begin.tzinfo is None or end.tzinfo is None or not begin < end <= begin + LONGEST_PERIOD:
            raise RequestError(
                400,
                "invalid_period",
                "A period begins before it ends, says its zone, and has at most ten years.",
            )
        return await reports.compare(
            connection, caller.workspace_id, [one, other], since=begin, until=end, journey_id=journey
        )


async def _shapes(connection: Connection, caller: Caller, segments: list[Segment]) -> list[SegmentShape]:
    counts = await store.count_members(
        connection,
        caller.workspace_id,
        [segment.id for segment in segments],
        one_by_one=not caller.narrowing.is_whole,
    )
    shapes: list[SegmentShape] = []
    for segment in segments:
        members, filled, kept = counts[segment.id]
        shapes.append(
            SegmentShape(
                id=segment.id,
                name=segment.name,
                notes=segment.notes,
                tags=segment.tags,
                enabled=segment.enabled,
                is_combination=isinstance(segment.definition, Combination),
                definition=msgspec.to_builtins(segment.definition),
                revision=segment.revision,
                members=members,
                filling=filled < BUCKETS if segment.enabled else kept > 0,
                created_at=segment.created_at,
                modified_at=segment.modified_at,
            )
        )
    return shapes


HANDLERS = [
    list_segments,
    make_segment,
    get_segment,
    change_segment,
    delete_segment,
    preview_segment,
    list_segment_members,
    explain_member,
    explain_definition,
    list_segments_of,
    compare_segments,
]
