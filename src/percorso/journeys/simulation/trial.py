"""Running a journey's tests: what came of each story, held against what was expected, every mismatch in words. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from percorso.journeys.simulation.expectation import CarriedTest, ExpectedMessage, ExpectedRun, check_tests
from percorso.journeys.simulation.outcome import SimulatedMessage, SimulatedRun, Simulation
from percorso.journeys.simulation.reading import ScenarioError, read_moment
from percorso.journeys.simulation.simulate import simulate
from percorso.journeys.version import Version

_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "runs": (
        "Runs expected: {expected}; runs there were: {found}.",
        "Passaggi attesi: {expected}; passaggi avvenuti: {found}.",
    ),
    "missed": (
        "“{fact}” at {at} let nobody in: {reason}.",
        "«{fact}» il {at} non ha fatto entrare nessuno: {reason}.",
    ),
    "path": (
        "Run {run}: step {place} was expected to be “{expected}”; it was “{found}”, reached at {at}.",
        "Passaggio {run}: il passo {place} doveva essere «{expected}»; è stato «{found}», raggiunto il {at}.",
    ),
    "path_ends": (
        "Run {run}: step {place} was expected to be “{expected}”; after “{step}”, reached at {at}, there was none.",
        "Passaggio {run}: il passo {place} doveva essere «{expected}»; dopo «{step}», raggiunto il {at}, non ce n'è stato nessuno.",
    ),
    "path_goes_on": (
        "Run {run}: it was expected to go no further; it went on to “{step}” at {at}.",
        "Passaggio {run}: non doveva proseguire; ha raggiunto «{step}» il {at}.",
    ),
    "outcome": (
        "Run {run}: the outcome was expected to be {expected}; it was {found}, at “{step}”, {at}.",
        "Passaggio {run}: l'esito doveva essere {expected}; è stato {found}, a «{step}», il {at}.",
    ),
    "reason": (
        "Run {run}: the reason was expected to be “{expected}”; it was “{found}”, at “{step}”, {at}.",
        "Passaggio {run}: il motivo doveva essere «{expected}»; è stato «{found}», a «{step}», il {at}.",
    ),
    "ends_at": (
        "Run {run}: it was expected to end at {expected}; it ended at {at}, at “{step}”.",
        "Passaggio {run}: doveva finire il {expected}; è finito il {at}, a «{step}».",
    ),
    "still_inside": (
        "Run {run}: it was expected to have ended; it waits at “{step}” since {at}.",
        "Passaggio {run}: doveva essere finito; è in attesa a «{step}» dal {at}.",
    ),
    "waits_at": (
        "Run {run}: it was expected to wait at “{expected}”; it waits at “{step}” since {at}.",
        "Passaggio {run}: doveva essere in attesa a «{expected}»; lo è a «{step}» dal {at}.",
    ),
    "has_ended": (
        "Run {run}: it was expected to wait at “{expected}”; it ended at “{step}”, {at}.",
        "Passaggio {run}: doveva essere in attesa a «{expected}»; è finito a «{step}», il {at}.",
    ),
    "captured": (
        "Run {run}: “{name}” was expected to be {expected}; it was {found}.",
        "Passaggio {run}: «{name}» doveva essere {expected}; è stato {found}.",
    ),
    "message": (
        "Message {place} was expected to be “{expected}”; it was “{step}”, at {at}.",
        "Il messaggio {place} doveva essere «{expected}»; è stato «{step}», il {at}.",
    ),
    "message_missing": (
        "Message {place}, “{expected}”, was expected; it was not planned.",
        "Il messaggio {place}, «{expected}», era atteso; non è stato previsto.",
    ),
    "message_unexpected": (
        "A message was not expected: “{step}”, at {at}.",
        "Un messaggio non era atteso: «{step}», il {at}.",
    ),
    "message_at": (
        "The message “{step}” was expected at {expected}; it was planned at {at}.",
        "Il messaggio «{step}» era atteso il {expected}; è stato previsto il {at}.",
    ),
    "message_channel": (
        "The message “{step}”, at {at}, was expected by {expected}; it went by {found}.",
        "Il messaggio «{step}», il {at}, era atteso per {expected}; è andato per {found}.",
    ),
    "message_came_to": (
        "The message “{step}”, at {at}, was expected to be {expected}; it was {found}.",
        "Il messaggio «{step}», il {at}, doveva essere {expected}; è stato {found}.",
    ),
}
_WORDS: Final = {
    "positive": "positivo",
    "negative": "negativo",
    "neutral": "neutro",
    "sent": "inviato",
    "skipped": "saltato",
    "failed": "fallito",
    "unknown": "incerto",
    "cancelled": "annullato",
    "nothing": "nulla",
    "push": "notifica push",
}
_NOTHING: Final = "nothing"

_OF_WORDS: Final = frozenset({"outcome", "captured", "message_channel", "message_came_to"})
"""Mismatches that expect, or found, one of our words; in the others stand ids, which are not translated."""


class Mismatch(msgspec.Struct, frozen=True):
    """One thing that did not come as expected. `at` is a moment in the journey's zone; `step` where it came about."""

    code: str
    values: dict[str, Any]
    step: str | None = None
    at: str | None = None

    def say(self, language: Literal["en", "it"]) -> str:
        """Return the sentence in a language."""
        values: dict[str, Any] = {**self.values, "step": self.step, "at": self.at}
        if language == "it" and self.code in _OF_WORDS:
            for name in ("expected", "found"):
                values[name] = _WORDS.get(values[name], values[name])
        return _SENTENCES[self.code][language == "it"].format_map(values)


class Trial(msgspec.Struct, frozen=True):
    """A test that was run: what came of it, and what of that was not expected; nothing: it passed."""

    name: str
    simulation: Simulation
    mismatches: tuple[Mismatch, ...]


def try_tests(version: Version, tests: Sequence[CarriedTest]) -> list[Trial]:
    """Return what came of each test, in their order; raises ScenarioError with all that is wrong with any of them."""
    faults = check_tests(version, tests)
    if faults:
        raise ScenarioError(faults)
    return [_try(version, test) for test in tests]


def _try(version: Version, test: CarriedTest) -> Trial:
    told = simulate(version, test)
    mismatches = tuple(_Comparison(told, version.zone).compare(test))
    return Trial(test.name, told, mismatches)


class _Comparison:
    def __init__(self, told: Simulation, zone: ZoneInfo) -> None:
        self.told = told
        self.zone = zone

    def compare(self, test: CarriedTest) -> Iterator[Mismatch]:
        expect = test.expect
        runs = expect.runs
        is_of_one = any(getattr(expect, name) is not None for name in ExpectedRun.__struct_fields__)
        if runs is None and is_of_one:
            runs = (expect,)
        if runs is not None:
            yield from self._compare_runs(runs)
        if expect.messages is not None:
            yield from self._compare_messages(expect.messages)

    def _compare_runs(self, expected: Sequence[ExpectedRun]) -> Iterator[Mismatch]:
        found = self.told.runs
        if len(found) != len(expected):
            yield Mismatch("runs", {"expected": len(expected), "found": len(found)})
        if len(found) < len(expected):
            for missed in self.told.missed:
                yield Mismatch(
                    "missed", {"fact": missed.fact, "reason": missed.reason}, at=self._write(missed.at)
                )
        for one, run in zip(expected, found, strict=False):
            yield from self._compare_run(one, run)

    def _compare_run(self, expected: ExpectedRun, run: SimulatedRun) -> Iterator[Mismatch]:
        if expected.path is not None:
            yield from self._compare_path(expected.path, run)
        yield from self._compare_end(expected, run)
        for name, value in (expected.captured or {}).items():
            if run.captured.get(name) != value:
                said = {"name": name, "expected": _json(value), "found": _json(run.captured.get(name))}
                yield Mismatch("captured", {"run": run.number, **said}, step=run.path[-1])

    def _compare_path(self, expected: tuple[str, ...], run: SimulatedRun) -> Iterator[Mismatch]:
        """Yield the first step that is another: what comes after it was not meant any more."""
        for place, (step, at) in enumerate(zip(run.path, run.reached_at, strict=True), 1):
            said: dict[str, Any] = {"run": run.number, "place": place}
            if place > len(expected):
                yield Mismatch("path_goes_on", said, step=step, at=self._write(at))
                return
            if expected[place - 1] != step:
                said |= {"expected": expected[place - 1], "found": step}
                yield Mismatch("path", said, step=step, at=self._write(at))
                return
        if len(expected) > len(run.path):
            place = len(run.path) + 1
            said = {"run": run.number, "place": place, "expected": expected[place - 1]}
            yield Mismatch("path_ends", said, step=run.path[-1], at=self._write(run.reached_at[-1]))

    def _compare_end(self, expected: ExpectedRun, run: SimulatedRun) -> Iterator[Mismatch]:
        said: dict[str, Any] = {"run": run.number}
        step = run.path[-1]
        since = self._write(run.reached_at[-1])
        ends = (expected.outcome, expected.reason, expected.ends_at)
        if run.ended_at is None:
            if any(end is not None for end in ends):
                yield Mismatch("still_inside", said, step=step, at=since)
            elif expected.waits_at not in (None, run.step):
                yield Mismatch("waits_at", {**said, "expected": expected.waits_at}, step=step, at=since)
            return
        at = self._write(run.ended_at)
        if expected.waits_at is not None:
            yield Mismatch("has_ended", {**said, "expected": expected.waits_at}, step=step, at=at)
        for code, one, other in (
            ("outcome", expected.outcome, run.outcome),
            ("reason", expected.reason, run.reason),
        ):
            if one is not None and one != other:
                yield Mismatch(code, {**said, "expected": one, "found": other}, step=step, at=at)
        if expected.ends_at is not None and read_moment(expected.ends_at, self.zone) != run.ended_at:
            yield Mismatch("ends_at", {**said, "expected": self._rewrite(expected.ends_at)}, step=step, at=at)

    def _compare_messages(self, expected: Sequence[ExpectedMessage]) -> Iterator[Mismatch]:
        found = self.told.messages
        for place, (one, message) in enumerate(zip(expected, found, strict=False), 1):
            yield from self._compare_message(place, one, message)
        for place, one in enumerate(expected[len(found) :], len(found) + 1):
            yield Mismatch("message_missing", {"place": place, "expected": one.step}, step=one.step)
        for message in found[len(expected) :]:
            yield Mismatch("message_unexpected", {}, step=message.step, at=self._write(message.planned_at))

    def _compare_message(
        self, place: int, expected: ExpectedMessage, message: SimulatedMessage
    ) -> Iterator[Mismatch]:
        step, at = message.step, self._write(message.planned_at)
        if expected.step != step:
            yield Mismatch("message", {"place": place, "expected": expected.step}, step=step, at=at)
            return
        if expected.at is not None and read_moment(expected.at, self.zone) != message.planned_at:
            yield Mismatch("message_at", {"expected": self._rewrite(expected.at)}, step=step, at=at)
        for code, one, other in (
            ("message_channel", expected.channel, message.channel),
            ("message_came_to", expected.came_to, message.came_to or _NOTHING),
        ):
            if one is not None and one != other:
                yield Mismatch(code, {"expected": one, "found": other}, step=step, at=at)

    def _rewrite(self, text: str) -> str:
        moment = read_moment(text, self.zone)
        assert moment is not None
        return self._write(moment)

    def _write(self, moment: datetime) -> str:
        local = moment.astimezone(self.zone)
        return local.strftime("%Y-%m-%d %H:%M" if not local.second else "%Y-%m-%d %H:%M:%S")


def _json(value: Any) -> str:
    return _NOTHING if value is None else msgspec.json.encode(value).decode()
