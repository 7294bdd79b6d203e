"""When the journeys of messages let them leave: asked before each hand-over (spec 3.7).

A Send step plans a message for a moment at which it may leave; by the time that somebody carries it, after a refusal, a
pause or a long queue, the journey's hours may be over.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from percorso.db import Connection
from percorso.journeys.allowed import Allowed, compile_sending, find_end, next_departure
from percorso.journeys.schedule import find_zone, get_zone
from percorso.journeys.store import list_graphs
from percorso.journeys.upgrade import read_graph
from percorso.messages.circumstances import Circumstances
from percorso.messages.hold import OPEN, Opening
from percorso.messages.model import Message
from percorso.telemetry import get_log
from percorso.workspaces.holidays import NO_DAYS, list_calendars

_log = get_log(__name__)

_MOST: Final = 10_000
"""Versions remembered at a time; they are read anew beyond."""


class _Rule(msgspec.Struct, frozen=True):
    """The hours of one version; with `by_contact` each contact's zone goes before the journey's.

    `own`: the days of the workspace's calendar are excluded, too.
    """

    allowed: Allowed
    zone: ZoneInfo
    by_contact: bool
    own: bool = False


class Hours:
    """The hours of versions, read once each: a version never changes. The calendars of workspaces do, and are read anew."""

    def __init__(self) -> None:
        self._rules: dict[tuple[UUID, int], _Rule] = {}

    async def read_openings(
        self,
        connection: Connection,
        messages: Sequence[Message],
        circumstances: Sequence[Circumstances],
        now: datetime,
    ) -> list[Opening]:
        """Return of each message when its journey lets it leave; `now` is product time."""
        await self._learn(connection, messages)
        following = {message.workspace_id for message in messages if self._follows_calendar(message)}
        days: Mapping[UUID, frozenset[date]] = {}
        if following:
            days = await list_calendars(connection, following)
        return [
            self._open(message, around, now, days.get(message.workspace_id, NO_DAYS))
            for message, around in zip(messages, circumstances, strict=True)
        ]

    def _follows_calendar(self, message: Message) -> bool:
        key = _key(message)
        rule = None if key is None else self._rules.get(key)
        return rule is not None and rule.own

    async def _learn(self, connection: Connection, messages: Sequence[Message]) -> None:
        keys = {key for message in messages if (key := _key(message)) is not None}
        missing = keys - self._rules.keys()
        if not missing:
            return
        if len(self._rules) + len(missing) > _MOST:
            self._rules.clear()
            missing = keys
        for key, graph, time_zone in await list_graphs(connection, sorted(missing)):
            try:
                options = read_graph(graph).options
                rule = _Rule(
                    compile_sending(options.sending),
                    get_zone(time_zone),
                    options.time_zone == "contact",
                    options.sending.own_holidays,
                )
            except (msgspec.MsgspecError, ValueError) as error:
                # What one version says must not keep every other message back.
                _log.error(
                    "version cannot be read; its messages know no hours", version=key, error=str(error)
                )
                rule = _Rule(Allowed(), ZoneInfo("UTC"), by_contact=False)
            self._rules[key] = rule

    def _open(self, message: Message, around: Circumstances, now: datetime, days: frozenset[date]) -> Opening:
        key = _key(message)
        rule = None if key is None else self._rules.get(key)
        if rule is None:
            return OPEN
        allowed = rule.allowed
        if rule.own and days:
            allowed = msgspec.structs.replace(allowed, dates=allowed.dates | days)
        if allowed.is_always:
            return OPEN
        own = find_zone(around.attributes.get("timeZone")) if rule.by_contact else None
        zone = own or rule.zone
        return Opening(next_departure(allowed, now, zone), find_end(allowed, now, zone))


def _key(message: Message) -> tuple[UUID, int] | None:
    if message.journey_id is None or message.version is None:
        return None
    return message.journey_id, message.version
