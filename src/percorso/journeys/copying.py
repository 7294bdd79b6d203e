"""One automation a template (spec 3.9): a message that another journey sends is not sent by this one, but a copy of it."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from msgspec.structs import replace

from percorso.content.actions import copy_template
from percorso.db import Connection
from percorso.db.clock import read_product_time
from percorso.journeys import store
from percorso.journeys.definition import Journey
from percorso.journeys.files import MAXIMUM_NAME
from percorso.journeys.graph import SENDING_STEPS, Graph, Step


async def hold_templates(connection: Connection, journey: Journey, graph: Graph) -> None:
    """Lock the templates that the graph sends, so that of two journeys that publish one at once the second sees the first."""
    await store.lock_templates(connection, journey.workspace_id, sorted(set(_list_ids(graph))))


async def copy_templates(connection: Connection, journey: Journey, graph: Graph) -> Graph:
    """Return the graph with a copy in place of each template that another journey sends; the copies are made.

    Each is copied once, however often it stands there, and is called like the template and this journey.
    """
    users = await store.list_template_users(connection, journey.workspace_id, journey.id)
    used = [id for id in dict.fromkeys(_list_ids(graph)) if str(id) in users]
    if not used:
        return graph
    names = await store.list_template_names(connection, journey.workspace_id, used)
    now = await read_product_time(connection)
    copies = {
        id: await copy_template(
            connection, journey.workspace_id, id, name=name_copy(name, journey.name), now=now
        )
        for id, name in names.items()
    }
    steps = {id: _send_copies(step, copies) for id, step in graph.steps.items()}
    return replace(graph, steps=steps)


def name_copy(name: str, journey: str) -> str:
    """Return what the copy of a template for a journey is called."""
    return f"{name} [{journey}]"[:MAXIMUM_NAME]


def _send_copies(step: Step, copies: Mapping[UUID, UUID]) -> Step:
    if not isinstance(step, SENDING_STEPS):
        return step
    variants = tuple(
        replace(variant, template_id=_find(variant.template_id, copies)) for variant in step.variants
    )
    return replace(step, template_id=_find(step.template_id, copies), variants=variants)


def _find(template_id: str, copies: Mapping[UUID, UUID]) -> str:
    id = _read(template_id)
    return template_id if id is None else str(copies.get(id, id))


def _list_ids(graph: Graph) -> Iterator[UUID]:
    for step in graph.steps.values():
        if isinstance(step, SENDING_STEPS):
            for text in (step.template_id, *(variant.template_id for variant in step.variants)):
                if (id := _read(text)) is not None:
                    yield id


def _read(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
