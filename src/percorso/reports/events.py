"""Event types with what was seen of them."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from percorso.contacts.attributes import leaves
from percorso.contacts.events.counting import list_event_days, sample_events
from percorso.contacts.events.known import KNOWN, ORDER_LINE, Properties
from percorso.contacts.events.labels_en import LABELS as ENGLISH
from percorso.contacts.events.labels_it import LABELS as ITALIAN
from percorso.contacts.events.store import list_event_types
from percorso.contacts.fields.model import kind_of
from percorso.db import Connection
from percorso.db.clock import read_product_time
from percorso.reports.model import Shape

_VALUES: Final = 5
_LONGEST: Final = 100
_PROPERTIES: Final = 500

Origin = Literal["known", "declared", "seen"]
"""Who says that there is such an event: Percorso, the workspace, or only the events themselves."""


class EventLabelsShape(Shape, frozen=True, forbid_unknown_fields=True):
    """What an event is called, in each language of the application."""

    it: str
    en: str


class EventTypeShape(Shape, frozen=True):
    """An event type. `properties`: names and types where they are known, `products[].` those of a line.

    `received`: how many came in the last 30 days, `lastOn`: the last day on which one did.
    """

    name: str
    labels: EventLabelsShape
    origin: Origin
    properties: dict[str, str]
    schema: dict[str, Any] | None
    received: int
    last_on: date | None


class EventTypePage(Shape, frozen=True):
    """Event types: known ones in their order, then declared ones, then those that were only seen."""

    items: list[EventTypeShape]


class DayCount(Shape, frozen=True):
    """How many events came on a day (UTC)."""

    day: date
    received: int


class SeenProperty(Shape, frozen=True):
    """A property of the events looked at: in how many, as what, and some values."""

    path: str
    events: int
    types: dict[str, int]
    samples: list[Any]


class SeenEvent(Shape, frozen=True):
    """What was seen of an event: by day, and the properties of some of the newest."""

    name: str
    days: list[DayCount]
    looked_at: int
    properties: list[SeenProperty]


async def list_types(connection: Connection, workspace_id: UUID) -> EventTypePage:
    """Return all event types of a workspace."""
    declared = await list_event_types(connection, workspace_id)
    today = (await read_product_time(connection)).date()
    received: dict[str, int] = {}
    last_on: dict[str, date] = {}
    for counted in await list_event_days(connection, workspace_id, today=today):
        received[counted.name] = received.get(counted.name, 0) + counted.value
        last_on[counted.name] = counted.day
    seen = sorted(name for name in received if name and name not in KNOWN and name not in declared)
    return EventTypePage(
        items=[
            EventTypeShape(
                name=name,
                labels=EventLabelsShape(it=declared[name].labels.it, en=declared[name].labels.en)
                if name in declared
                else EventLabelsShape(it=ITALIAN.get(name, name), en=ENGLISH.get(name, name)),
                origin="declared" if name in declared else "known" if name in KNOWN else "seen",
                properties=_describe(KNOWN.get(name, {})),
                schema=declared[name].schema if name in declared else None,
                received=received.get(name, 0),
                last_on=last_on.get(name),
            )
            for name in (*KNOWN, *declared, *seen)
        ]
    )


async def get_seen(connection: Connection, workspace_id: UUID, name: str) -> SeenEvent:
    """Return what was seen of an event; nothing of one that never came."""
    today = (await read_product_time(connection)).date()
    days = await list_event_days(connection, workspace_id, today=today, name=name)
    events = await sample_events(connection, workspace_id, name)
    return SeenEvent(
        name=name,
        days=[DayCount(day=counted.day, received=counted.value) for counted in days],
        looked_at=len(events),
        properties=_list_properties(events),
    )


def _describe(properties: Properties) -> dict[str, str]:
    described: dict[str, str] = {}
    for name, type_ in properties.items():
        described[name] = type_
        if type_ == "products":
            described |= {f"{name}[].{inner}": kind for inner, kind in ORDER_LINE.items()}
    return described


def _list_properties(events: Iterable[dict[str, Any]]) -> list[SeenProperty]:
    counts: dict[str, int] = {}
    types: dict[str, dict[str, int]] = {}
    samples: dict[str, list[Any]] = {}
    for event in events:
        for path, value in leaves(event).items():
            if path not in counts and len(counts) == _PROPERTIES:
                continue
            counts[path] = counts.get(path, 0) + 1
            kinds = types.setdefault(path, {})
            kinds[kind_of(value)] = kinds.get(kind_of(value), 0) + 1
            known = samples.setdefault(path, [])
            sample = value[:_LONGEST] if isinstance(value, str) else value
            is_short = isinstance(sample, str | int | float) and sample != ""
            if is_short and len(known) < _VALUES and sample not in known:
                known.append(sample)
    return [
        SeenProperty(path=path, events=counts[path], types=types[path], samples=samples[path])
        for path in sorted(counts, key=lambda path: (-counts[path], path))
    ]
