"""Tests that a journey carries: given a story, what must come of it (spec 3.12). Values, and what is wrong with them.

tests:
  - name: Who orders gets no second reminder
    begins: 2026-03-02T09:00
    happens:
      - {kind: event, event: abandonedCart, properties: {orderId: c1}}
      - {kind: event, event: completedOrder, after: {amount: 2, unit: hours}}
    expect:
      path: [cart, a_day]
      messages: [{step: cart, at: 2026-03-02T09:00}]
      outcome: positive
      reason: "removed: ordered"

A test is a scenario with a name and what is expected of it. What is not said is not asked, but messages: where some
are named, there must be no others.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

import msgspec

from percorso.journeys.check_values import clip
from percorso.journeys.decode import list_unreadable
from percorso.journeys.faults import Fault
from percorso.journeys.graph import SENDING_STEPS
from percorso.journeys.graph_parts import Node, Outcome
from percorso.journeys.simulation.reading import ScenarioError, check_scenario, read_moment
from percorso.journeys.simulation.scenario import Channel, Scenario
from percorso.journeys.version import Version

MOST_TESTS: Final = 200
"""Tests of one journey."""


class ExpectedMessage(Node, frozen=True):
    """A message: of which step, when, on which channel, what comes of it."""

    step: str
    at: str | None = None
    channel: Channel | None = None
    came_to: Literal["sent", "skipped", "failed", "unknown", "cancelled"] | None = None


class ExpectedRun(Node, frozen=True):
    """A run: the steps reached, in order; how it ended and why; or the step at which it still waits."""

    path: tuple[str, ...] | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    ends_at: str | None = None
    waits_at: str | None = None
    captured: dict[str, Any] | None = None


class Expectation(ExpectedRun, frozen=True):
    """What must come of it: of the only run, or of each of `runs` in the order of entering; an empty list: nobody enters.

    `messages` are those of all runs, in order of time.
    """

    runs: tuple[ExpectedRun, ...] | None = None
    messages: tuple[ExpectedMessage, ...] | None = None


class CarriedTest(Scenario, frozen=True, kw_only=True):
    """A test that a journey carries: a scenario with a name, and what is expected of it."""

    name: str
    expect: Expectation


def decode_tests(values: Sequence[Any]) -> tuple[CarriedTest, ...]:
    """Return the tests in decoded JSON, well-formed and not yet checked; raises ScenarioError with all faults."""
    faults = [
        fault
        for position, value in enumerate(values)
        for fault in list_unreadable(f"tests[{position}]", value, CarriedTest)
    ]
    if faults:
        raise ScenarioError(faults)
    return tuple(msgspec.convert(value, CarriedTest) for value in values)


def check_tests(version: Version, tests: Sequence[CarriedTest]) -> list[Fault]:
    """Return everything that keeps the tests from being run with this version, of all tests at once."""
    faults: list[Fault] = []
    if len(tests) > MOST_TESTS:
        faults.append(Fault("too_many", "tests", {"maximum": MOST_TESTS, "what": "tests"}))
    seen: set[str] = set()
    for position, test in enumerate(tests[:MOST_TESTS]):
        at = f"tests[{position}]"
        if not test.name.strip():
            faults.append(Fault("name_missing", f"{at}.name"))
        elif test.name in seen:
            faults.append(Fault("name_twice", f"{at}.name", {"name": clip(test.name)}))
        seen.add(test.name)
        faults += check_scenario(version, test, at)
        faults += _check_expectation(f"{at}.expect", test.expect, version)
    return faults


def _check_expectation(at: str, expect: Expectation, version: Version) -> Iterator[Fault]:
    said = [name for name in ExpectedRun.__struct_fields__ if getattr(expect, name) is not None]
    if not said and expect.runs is None and expect.messages is None:
        yield Fault("expectation_missing", at)
    if expect.runs is not None:
        for name in said:
            yield Fault("expectation_twice", f"{at}.{_camel(name)}", {"field": _camel(name)})
    yield from _check_run(at, expect, version)
    for position, run in enumerate(expect.runs or ()):
        yield from _check_run(f"{at}.runs[{position}]", run, version)
    for position, message in enumerate(expect.messages or ()):
        place = f"{at}.messages[{position}]"
        step = version.graph.steps.get(message.step)
        if step is None:
            yield Fault("step_unknown", f"{place}.step", {"step": clip(message.step)})
        elif not isinstance(step, SENDING_STEPS):
            yield Fault("step_sends_nothing", f"{place}.step", {"step": message.step})
        yield from _check_moment(f"{place}.at", message.at, version)


def _check_run(at: str, run: ExpectedRun, version: Version) -> Iterator[Fault]:
    steps = [(f"{at}.path[{position}]", step) for position, step in enumerate(run.path or ())]
    if run.waits_at is not None:
        steps.append((f"{at}.waitsAt", run.waits_at))
        if run.outcome is not None or run.reason is not None or run.ends_at is not None:
            yield Fault("ended_and_waiting", f"{at}.waitsAt")
    for place, step in steps:
        if step not in version.graph.steps:
            yield Fault("step_unknown", place, {"step": clip(step)})
    yield from _check_moment(f"{at}.endsAt", run.ends_at, version)


def _check_moment(at: str, text: str | None, version: Version) -> Iterator[Fault]:
    if text is not None and read_moment(text, version.zone) is None:
        yield Fault("moment_invalid", at, {"moment": clip(text)})


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
