"""The check before activation (spec 3.11): every finding with its severity, its sentence and its step. Pure.

Errors stop activation, warnings ask. What the graph alone says is in `check.py`; what conditions say of each other in
`implied.py`; here it is held against the workspace, as far as `Surroundings` knows it: what it does not know is not said.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from percorso.consent.records import Channel
from percorso.journeys.allowed import compile_sending, next_allowed
from percorso.journeys.check import check_graph
from percorso.journeys.faults import Fault
from percorso.journeys.graph import (
    SENDING_STEPS,
    AssignCoupon,
    CheckNow,
    Duration,
    EventStart,
    Graph,
    LeaveJourney,
    React,
    SendEmail,
    SendSms,
    StartJourney,
    Wait,
    WaitAfterMessage,
    WaitThenCheck,
    channel_of,
)
from percorso.journeys.implied import implies, is_contradiction
from percorso.journeys.lint_sentences import FINDINGS
from percorso.journeys.message_load import most_messages_in_a_day
from percorso.journeys.reads import list_events, list_fields
from percorso.journeys.schedule import get_zone, longest, shortest

Severity = Literal["error", "warning"]

UNSEEN: Final = timedelta(days=30)
"""A field or event not seen for so long is told of."""


class TemplateFacts(msgspec.Struct, frozen=True):
    """A template of the workspace: its channel, and what else uses it (None: nothing)."""

    channel: Channel
    used_by: str | None = None


class EventFacts(msgspec.Struct, frozen=True):
    """An event of the workspace: when it last came (None: never), and its properties, None where not known."""

    seen_at: datetime | None = None
    properties: frozenset[str] | None = None


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a lint knows of the workspace; None: not known, and nothing is said of it.

    `fields`: when each was last written. `missing`: the share of the audience without an address, by channel.
    `starts`: what else starts by an event, name by name. Retention in days. `journeys` are the ids that exist.
    """

    now: datetime
    time_zone: str = "UTC"
    journey_id: UUID | None = None
    sender_is_verified: bool | None = None
    has_sms_sender: bool | None = None
    templates: Mapping[str, TemplateFacts] | None = None
    pools: frozenset[str] | None = None
    journeys: frozenset[str] | None = None
    fields: Mapping[str, datetime | None] | None = None
    events: Mapping[str, EventFacts] | None = None
    missing: Mapping[Channel, float] = {}
    statistics_days: int | None = None
    details_days: int | None = None
    starts: Mapping[str, tuple[str, ...]] = {}
    messages_per_day: int = 3


class Finding(msgspec.Struct, frozen=True):
    """One thing found. `at` is its place in the graph, `step` the step's id, None where it is about no step.

    `share` is the part of the people concerned, 0 to 1, where it was counted.
    """

    severity: Severity
    code: str
    at: str
    values: dict[str, Any] = {}
    share: float | None = None
    fault: Fault | None = None

    @property
    def step(self) -> str | None:
        """The id of the step that it is about."""
        parts = self.at.split(".")
        return parts[1] if len(parts) > 1 and parts[0] == "steps" else None

    def say(self, language: Literal["en", "it"]) -> str:
        """Return the sentence in a language."""
        if self.fault is not None:
            return self.fault.say(language)
        return FINDINGS[self.code][0 if language == "en" else 1].format_map(self.values)


def lint_graph(graph: Graph, around: Surroundings) -> list[Finding]:
    """Return everything found, errors first, each in the order of the graph."""
    found = [Finding("error", fault.code, fault.at, fault=fault) for fault in check_graph(graph)]
    whole = not found
    for check in _CHECKS:
        found.extend(check(graph, around))
    if whole:
        # Asked only of graphs that make sense: both walk them.
        found.extend(_check_allowed(graph, around))
        found.extend(_check_load(graph, around))
    return sorted(found, key=lambda finding: finding.severity != "error")


def may_be_activated(findings: list[Finding]) -> bool:
    """Whether nothing found stops activation; warnings are for the user to answer."""
    return all(finding.severity != "error" for finding in findings)


def _check_paths(graph: Graph, around: Surroundings) -> Iterator[Finding]:
    for position, start in enumerate(graph.starts):
        if is_contradiction(start.condition):
            yield Finding("warning", "start_contradicts", f"starts[{position}].condition")
    for id, step in graph.steps.items():
        if not isinstance(step, CheckNow | WaitThenCheck | React):
            continue
        for position, path in enumerate(step.paths):
            at, name = f"steps.{id}.paths[{position}]", path.name or path.id
            if is_contradiction(path.condition):
                yield Finding("warning", "path_contradicts", at, {"path": name})
                continue
            for earlier in step.paths[:position]:
                if earlier.event in (None, path.event) and earlier.condition is not None and implies(
                    path.condition, earlier.condition
                ):  # fmt: skip
                    said = {"path": name, "before": earlier.name or earlier.id}
                    yield Finding("warning", "path_implied", at, said)
                    break


def _check_senders(graph: Graph, around: Surroundings) -> Iterator[Finding]:
    email = next((id for id, step in graph.steps.items() if isinstance(step, SendEmail)), None)
    if email is not None and around.sender_is_verified is False:
        yield Finding("error", "sender_unverified", f"steps.{email}")
    for id, step in graph.steps.items():
        if isinstance(step, SendSms) and around.has_sms_sender is False:
            yield Finding("error", "sms_sender_missing", f"steps.{id}")
        if isinstance(step, SENDING_STEPS):
            channel = channel_of(step)
            share = around.missing.get(channel, 0.0)
            if share > 0:
                said = {"percent": f"{share * 100:.1f}", "channel": channel}
                yield Finding("warning", "address_missing", f"steps.{id}", said, share)


def _check_templates(graph: Graph, around: Surroundings) -> Iterator[Finding]:
    used: dict[str, str] = {}
    for id, step in graph.steps.items():
        if not isinstance(step, SENDING_STEPS):
            continue
        named = [("templateId", step.template_id)]
        named += [
            (f"variants[{n}].templateId", variant.template_id) for n, variant in enumerate(step.variants)
        ]
        for place, template_id in named:
            at = f"steps.{id}.{place}"
            other = used.setdefault(template_id, id)
            if other != id:
                yield Finding("warning", "template_twice", at, {"step": other, "other": id})
            if around.templates is None:
                continue
            facts = around.templates.get(template_id)
            if facts is None:
                yield Finding("error", "template_unknown", at)
            elif facts.channel != channel_of(step):
                yield Finding("error", "template_of_other_kind", at)
            elif facts.used_by is not None:
                yield Finding("error", "template_used", at, {"user": facts.used_by})


def _check_named(graph: Graph, around: Surroundings) -> Iterator[Finding]:
    for id, step in graph.steps.items():
        if isinstance(step, AssignCoupon) and around.pools is not None and step.pool_id not in around.pools:
            yield Finding("error", "pool_unknown", f"steps.{id}.poolId")
        if isinstance(step, StartJourney | LeaveJourney):
            at = f"steps.{id}.journeyId"
            if step.journey_id == str(around.journey_id):
                yield Finding("error", "journey_itself", at)
            elif around.journeys is not None and step.journey_id not in around.journeys:
                yield Finding("error", "journey_unknown", at)


def _check_fields(graph: Graph, around: Surroundings) -> Iterator[Finding]:
    for at, path in list_fields(graph) if around.fields is not None else ():
        assert around.fields is not None
        if path not in around.fields:
            yield Finding("warning", "field_unknown", at, {"name": path})
        else:
            yield from _tell_unseen("field_unseen", at, path, around.fields[path], around.now)


def _check_events(graph: Graph, around: Surroundings) -> Iterator[Finding]:
    for at, name, properties in list_events(graph) if around.events is not None else ():
        assert around.events is not None
        facts = around.events.get(name)
        if facts is None or facts.seen_at is None:
            yield Finding("warning", "event_unknown", at, {"name": name})
            continue
        yield from _tell_unseen("event_unseen", at, name, facts.seen_at, around.now)
        for path in properties:
            if facts.properties is not None and path not in facts.properties:
                yield Finding("warning", "property_unknown", at, {"event": name, "name": path})


def _tell_unseen(code: str, at: str, name: str, seen_at: datetime | None, now: datetime) -> Iterator[Finding]:
    if seen_at is not None and now - seen_at > UNSEEN:
        yield Finding("warning", code, at, {"name": name, "days": (now - seen_at).days})


def _check_retention(graph: Graph, around: Surroundings) -> Iterator[Finding]:
    for id, step in graph.steps.items():
        if isinstance(step, Wait | WaitThenCheck):
            if step.period is not None:
                yield from _tell_long("wait_beyond_statistics", id, step.period, around.statistics_days)
        elif isinstance(step, WaitAfterMessage):
            longest_wait = step.maximum or graph.options.message_wait
            if step.period is not None and shortest(step.period) > shortest(longest_wait):
                longest_wait = step.period
            yield from _tell_long("wait_beyond_details", id, longest_wait, around.details_days)


def _tell_long(code: str, id: str, period: Duration, retention: int | None) -> Iterator[Finding]:
    days = -(-longest(period.unit) * period.amount // timedelta(days=1))
    if retention is not None and days > retention:
        yield Finding("error", code, f"steps.{id}.period", {"days": days, "retention": retention})


def _check_starts(graph: Graph, around: Surroundings) -> Iterator[Finding]:
    for position, start in enumerate(graph.starts):
        if isinstance(start, EventStart):
            for name in around.starts.get(start.event, ()):
                yield Finding("warning", "start_shared", f"starts[{position}]", {"name": name})


def _check_allowed(graph: Graph, around: Surroundings) -> Iterator[Finding]:
    allowed = compile_sending(graph.options.sending)
    if next_allowed(allowed, around.now, get_zone(around.time_zone)) is None:
        yield Finding("error", "never_allowed", "options.sending")


def _check_load(graph: Graph, around: Surroundings) -> Iterator[Finding]:
    most = most_messages_in_a_day(graph, around.messages_per_day + 1)
    if most is not None and most.count > around.messages_per_day:
        said = {"count": most.count, "maximum": around.messages_per_day}
        yield Finding("warning", "too_many_messages", f"steps.{most.step}", said)


_CHECKS: Final[tuple[Callable[[Graph, Surroundings], Iterator[Finding]], ...]] = (
    _check_paths,
    _check_senders,
    _check_templates,
    _check_named,
    _check_fields,
    _check_events,
    _check_retention,
    _check_starts,
)
