"""One function per query on the tables of journeys; values in, values out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.db import Connection, Record, load_queries
from percorso.journeys.definition import Journey, JourneyState
from percorso.journeys.graph import Graph
from percorso.kit.ids import BUCKETS, bucket_of

_queries: Final = load_queries("percorso.journeys")


def _journey(row: Record | None) -> Journey | None:
    return None if row is None else Journey(**dict(row))


async def insert_journey(
    connection: Connection,
    *,
    id: UUID,
    workspace_id: UUID,
    list_id: UUID,
    name: str,
    description: str,
    tags: Sequence[str],
    draft: Any,
    tests: Sequence[dict[str, Any]],
    present: datetime,
) -> None:
    """Write a new journey; nothing happens if its id was used before."""
    await _queries.execute(
        connection,
        "insert_journey",
        id=id,
        workspace_id=workspace_id,
        list_id=list_id,
        name=name,
        description=description,
        tags=list(tags),
        draft=draft,
        tests=list(tests),
        present=present,
    )


async def find_journey(connection: Connection, workspace_id: UUID, id: UUID) -> Journey | None:
    """Return the journey, None if the workspace has none of this id."""
    return _journey(await _queries.fetch_row(connection, "find_journey", workspace_id=workspace_id, id=id))


async def lock_journey(connection: Connection, workspace_id: UUID, id: UUID) -> Journey | None:
    """Return the journey, locked until the transaction ends; None if the workspace has none of this id."""
    return _journey(await _queries.fetch_row(connection, "lock_journey", workspace_id=workspace_id, id=id))


async def search_journeys(
    connection: Connection,
    workspace_id: UUID,
    *,
    pattern: str | None,
    tags: Sequence[str] | None,
    states: Sequence[JourneyState] | None,
    maximum: int,
) -> list[Journey]:
    """Return journeys by name; `pattern` is LIKE over name and description, `tags` and `states` any of."""
    rows = await _queries.fetch(
        connection,
        "search_journeys",
        workspace_id=workspace_id,
        pattern=pattern,
        tags=None if tags is None else list(tags),
        states=None if states is None else list(states),
        maximum=maximum,
    )
    return [Journey(**dict(row)) for row in rows]


async def save_journey(connection: Connection, journey: Journey, *, present: datetime) -> None:
    """Write what an editor changes: list, name, description, tags, draft, tests."""
    await _queries.execute(
        connection,
        "save_journey",
        workspace_id=journey.workspace_id,
        id=journey.id,
        list_id=journey.list_id,
        name=journey.name,
        description=journey.description,
        tags=journey.tags,
        draft=journey.draft,
        tests=journey.tests,
        present=present,
    )


async def insert_version(
    connection: Connection, journey_id: UUID, number: int, graph: Graph, *, present: datetime
) -> None:
    """Write a version, for ever."""
    await _queries.execute(
        connection,
        "insert_version",
        journey_id=journey_id,
        number=number,
        graph=msgspec.Raw(msgspec.json.encode(graph)),
        present=present,
    )


async def find_graph(connection: Connection, workspace_id: UUID, journey_id: UUID, number: int) -> Any:
    """Return the graph of a version as JSON values, None if there is no such version."""
    return await _queries.fetch_value(
        connection, "find_graph", workspace_id=workspace_id, journey_id=journey_id, number=number
    )


async def lock_templates(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> None:
    """Hold these templates until the end of the transaction."""
    if ids:
        await _queries.fetch(connection, "lock_templates", workspace_id=workspace_id, ids=list(ids))


async def list_template_users(connection: Connection, workspace_id: UUID, journey_id: UUID) -> dict[str, str]:
    """Return by template the name of another journey whose newest version sends it; archived ones send nothing."""
    rows = await _queries.fetch(
        connection, "list_template_users", workspace_id=workspace_id, journey_id=journey_id
    )
    return {row["template_id"]: row["name"] for row in rows}


async def list_template_names(
    connection: Connection, workspace_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, str]:
    """Return the names of those of these templates that the workspace has."""
    rows = await _queries.fetch(connection, "list_template_names", workspace_id=workspace_id, ids=list(ids))
    return {row["id"]: row["name"] for row in rows}


async def list_graphs(
    connection: Connection, versions: Sequence[tuple[UUID, int]]
) -> list[tuple[tuple[UUID, int], str, str]]:
    """Return each of these versions (journey, number) that there is, with its graph as stored and its time zone."""
    rows = await _queries.fetch(
        connection,
        "list_graphs",
        journey_ids=[journey_id for journey_id, _ in versions],
        numbers=[number for _, number in versions],
    )
    return [((row["journey_id"], row["number"]), row["graph"], row["time_zone"]) for row in rows]


class Published(msgspec.Struct, frozen=True):
    """The newest version of a journey: its graph as stored, the list that it sends for, and that list's zone."""

    journey_id: UUID
    workspace_id: UUID
    list_id: UUID
    state: JourneyState
    graph: str
    time_zone: str


async def list_running(connection: Connection) -> list[Published]:
    """Return the newest versions of all journeys that are on, or would be if they could go on, of every workspace."""
    return [Published(*row) for row in await _queries.fetch(connection, "list_running")]


async def find_published(connection: Connection, workspace_id: UUID, journey_id: UUID) -> Published | None:
    """Return the newest version of a journey, None if it has none."""
    row = await _queries.fetch_row(
        connection, "find_published", workspace_id=workspace_id, journey_id=journey_id
    )
    return None if row is None else Published(*row)


async def record_published(
    connection: Connection,
    workspace_id: UUID,
    id: UUID,
    version: int,
    *,
    keeps_draft: bool = False,
    present: datetime,
) -> None:
    """Note the newest version; the draft is used up, unless it was not what was published."""
    await _queries.execute(
        connection,
        "record_published",
        workspace_id=workspace_id,
        id=id,
        version=version,
        keeps_draft=keeps_draft,
        present=present,
    )


async def record_state(
    connection: Connection,
    workspace_id: UUID,
    id: UUID,
    state: JourneyState,
    *,
    activated: bool,
    present: datetime,
) -> None:
    """Note the state, and with `activated` that it was switched on now."""
    await _queries.execute(
        connection,
        "record_state",
        workspace_id=workspace_id,
        id=id,
        state=state,
        activated=activated,
        present=present,
    )


async def delete_journey(connection: Connection, workspace_id: UUID, id: UUID) -> None:
    """Delete the journey and its versions; the caller has made sure that it is the workspace's."""
    await _queries.execute(connection, "delete_versions", journey_id=id)
    await _queries.execute(connection, "delete_journey", workspace_id=workspace_id, id=id)


async def has_list(connection: Connection, workspace_id: UUID, list_id: UUID) -> bool:
    """Whether the list belongs to the workspace."""
    return bool(
        await _queries.fetch_value(connection, "has_list", workspace_id=workspace_id, list_id=list_id)
    )


async def find_sms_sender(connection: Connection, workspace_id: UUID, list_id: UUID) -> str | None:
    """Return the list's SMS sender, None if it cannot send SMS."""
    return await _queries.fetch_value(
        connection, "find_sms_sender", workspace_id=workspace_id, list_id=list_id
    )


async def list_template_kinds(
    connection: Connection, workspace_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, str]:
    """Return the channel of each of these templates that the workspace has."""
    rows = await _queries.fetch(connection, "list_template_kinds", workspace_id=workspace_id, ids=list(ids))
    return {row["id"]: row["kind"] for row in rows}


async def list_pool_ids(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Return those of these pools that the workspace has."""
    rows = await _queries.fetch(connection, "list_pool_ids", workspace_id=workspace_id, ids=list(ids))
    return {row["id"] for row in rows}


async def list_group_ids(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Return those of these groups that the workspace has in use."""
    rows = await _queries.fetch(connection, "list_group_ids", workspace_id=workspace_id, ids=list(ids))
    return {row["id"] for row in rows}


async def list_segment_ids(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Return those of these segments that the workspace has and keeps."""
    rows = await _queries.fetch(connection, "list_segment_ids", workspace_id=workspace_id, ids=list(ids))
    return {row["id"] for row in rows}


async def list_journey_ids(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Return those of these journeys that the workspace has."""
    rows = await _queries.fetch(connection, "list_journey_ids", workspace_id=workspace_id, ids=list(ids))
    return {row["id"] for row in rows}


async def is_behind(connection: Connection, reach: Sequence[int]) -> bool:
    """Whether the worker is still to apply facts up to these offsets, given by bucket, in some bucket."""
    return bool(await _queries.fetch_value(connection, "is_behind", reach=list(reach)))


async def list_existing(
    connection: Connection,
    workspace_id: UUID,
    journey_id: UUID,
    group_id: UUID,
    *,
    reach: Sequence[int],
    after: UUID | None,
    maximum: int,
) -> list[UUID]:
    """Return at most `maximum` members of the group who joined by a fact up to `reach`, and never entered the journey.

    In the order of buckets and ids, behind `after`; `reach` are offsets by bucket. Bucket by bucket: one question for all
    would go through the next members of each, to give those of the first.
    """
    found: list[UUID] = []
    behind = UUID(int=0) if after is None else after
    for bucket in range(bucket_of(behind) if after is not None else 0, BUCKETS):
        rows = await _queries.fetch(
            connection,
            "list_existing",
            workspace_id=workspace_id,
            journey_id=journey_id,
            group_id=group_id,
            bucket=bucket,
            reach=reach[bucket],
            after=behind,
            maximum=maximum - len(found),
        )
        found += [row["contact_id"] for row in rows]
        if len(found) == maximum:
            break
        behind = UUID(int=0)
    return found


async def list_ids_by_name(
    connection: Connection, workspace_id: UUID, *, templates: Sequence[str], pools: Sequence[str]
) -> tuple[dict[str, UUID], dict[str, UUID]]:
    """Return the ids of templates and of pools with these names; of several with one name the oldest."""
    found: list[dict[str, UUID]] = []
    for query, names in (("list_templates_by_name", templates), ("list_pools_by_name", pools)):
        rows = await _queries.fetch(connection, query, workspace_id=workspace_id, names=list(names))
        found.append({row["name"]: row["id"] for row in rows})
    return found[0], found[1]


async def count_inside(connection: Connection, workspace_id: UUID, journey_id: UUID) -> int:
    """Return how many runs are inside the journey."""
    return int(
        await _queries.fetch_value(
            connection, "count_inside", workspace_id=workspace_id, journey_id=journey_id
        )
    )


async def find_proposal(connection: Connection, workspace_id: UUID, id: UUID) -> Any:
    """Return the JSON of what somebody asked to publish of a journey, None where nobody did."""
    return await _queries.fetch_value(connection, "find_proposal", workspace_id=workspace_id, id=id)


async def write_proposal(connection: Connection, workspace_id: UUID, id: UUID, proposal: Any) -> None:
    """Keep what somebody asks to publish of a journey, None: nobody does."""
    await _queries.execute(connection, "write_proposal", workspace_id=workspace_id, id=id, proposal=proposal)
