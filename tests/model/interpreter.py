"""Journeys by the letter of the specification, for one contact: spec 3.3–3.8, architecture §4 and §9.4."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.model.calendar import add
from tests.model.judgement import MISSING, Circumstances, holds, is_number, look_up

ENDS_OF_MESSAGES = {"campaignSent", "messageUnknown", "messageSkipped", "messageFailed"}
Json = dict[str, Any]


@dataclass
class Happening:
    """Something that reached the contact's log. `by` is the run that recorded it, if one did."""

    name: str
    occurred_at: datetime
    received_at: datetime
    properties: Json
    context: Json | None = None
    by: "ModelRun | None" = None
    about: tuple["ModelRun", int] | None = None
    """The run and visit whose message or coupon it is about."""


@dataclass
class ModelRun:
    """One way through the journey. `way` is what it did: (step, path), and its end is `reason`."""

    number: int
    key: str
    entered_at: datetime
    began_at: datetime
    event: Json
    captured: Json = field(default_factory=dict)
    step: str | None = None
    visit: int = 0
    caused_at: datetime | None = None
    due_at: datetime | None = None
    kept: list[Happening] = field(default_factory=list)
    way: list[tuple[str, int, str]] = field(default_factory=list)
    rounds: dict[str, int] = field(default_factory=dict)
    ended_at: datetime | None = None
    outcome: str | None = None
    reason: str | None = None


@dataclass
class Request:
    """What a run asks of the outside world: a message or a coupon, to be answered by a happening."""

    kind: str
    run: ModelRun
    step: str
    visit: int
    at: datetime
    captured: Json


class Interpreter:
    """One journey, one contact. `requests` are for the outside to answer; `recorded` are events made by steps."""

    def __init__(self, graph: Json, time_zone: str, list_id: str, profile: Json) -> None:
        self.graph = graph
        self.zone = ZoneInfo(time_zone)
        self.list_id = list_id
        self.profile = profile
        self.runs: list[ModelRun] = []
        self.entries: list[tuple[str, datetime]] = []
        self.requests: list[Request] = []
        self.recorded: list[tuple[str, Json, datetime]] = []
        self.queue: deque[Happening] = deque()

    def inside(self) -> list[ModelRun]:
        return [run for run in self.runs if run.ended_at is None]

    def next_due(self) -> datetime | None:
        return min((run.due_at for run in self.inside() if run.due_at is not None), default=None)

    def take_due(self) -> None:
        """Take the first run whose moment is next."""
        moment = self.next_due()
        assert moment is not None
        run = next(run for run in self.inside() if run.due_at == moment)
        self._time_is_up(run, moment)
        self._drain()

    def receive(self, happening: Happening) -> None:
        self.queue.append(happening)
        self._drain()

    def _drain(self) -> None:
        while self.queue:
            self._apply(self.queue.popleft())

    def _here(self, run: ModelRun | None, event: Json | None, now: datetime) -> Circumstances:
        return Circumstances(self.profile, event, {} if run is None else run.captured, now)

    # One happening: removals and goals first, then waits, then starts.

    def _apply(self, happening: Happening) -> None:
        if happening.name == "contactUpdated":
            for path, value in happening.properties.items():
                self._change({"action": "set", "path": path}, value)
            return
        if happening.about is not None:
            run, visit = happening.about
            if run.ended_at is None and run.visit == visit:
                self._answered(run, happening)
            return
        removed = False
        for run in self.inside():
            if self._is_removed(run, happening):
                removed = True
            elif run.ended_at is None:
                self._waited_for(run, happening)
        self._maybe_enter(happening, removed)

    def _is_removed(self, run: ModelRun, happening: Happening) -> bool:
        now = happening.received_at
        here = self._here(run, happening.properties, now)
        is_entry = self._start_met(happening) is not None
        if happening.occurred_at >= run.began_at and not (
            is_entry and not self.graph.get("removalHasPriority", True)
        ):
            for removal in self.graph.get("removals", []):
                if removal["event"] == happening.name and holds(removal.get("condition"), here):
                    self._end(run, removal.get("outcome", "neutral"), f"removed: {removal['id']}", now)
                    return True
            for goal in self.graph.get("goals", []):
                if goal["event"] == happening.name and holds(goal.get("condition"), here):
                    self._end(run, "positive", f"goal: {goal['id']}", now)
                    return True
        if happening.name == "campaignUnsubscribed" and happening.properties.get("listId") == self.list_id:
            channel = f"send_{happening.properties.get('channel')}"
            if channel in {self.graph["steps"][step]["kind"] for step in self._ahead(run.step)}:
                self._end(run, "neutral", "unsubscribed", now)
        return False

    def _ahead(self, step: str | None) -> set[str]:
        """Return this step and all that can still be reached from it."""
        found: set[str] = set()
        waiting = [step]
        while waiting:
            here = waiting.pop()
            if here is not None and here not in found:
                found.add(here)
                waiting += self._ways(self.graph["steps"][here])
        return found

    def _ways(self, step: Json) -> list[str | None]:
        ways = [path.get("to") for path in step.get("paths", [])]
        return [*ways, step.get("next"), step.get("default"), step.get("noneLeft")]

    def _counts_for(self, run: ModelRun, happening: Happening) -> bool:
        """Whether it came after the step was reached; a run's own recorded events came before."""
        assert run.caused_at is not None
        return happening.by is not run and happening.occurred_at >= run.caused_at

    def _waited_for(self, run: ModelRun, happening: Happening) -> None:
        step = self.graph["steps"][run.step]
        if not self._counts_for(run, happening):
            return
        if step["kind"] == "wait_then_check":
            run.kept.append(happening)
        if step["kind"] == "react" and step["event"] == happening.name:
            self._react(run, step, happening)

    def _react(self, run: ModelRun, step: Json, happening: Happening) -> None:
        now = happening.received_at
        here = self._here(run, happening.properties, now)
        if not holds(step.get("condition"), here):
            return
        path, to = "next", step.get("next")
        if step.get("paths"):
            met = [each for each in step["paths"] if holds(each.get("condition"), here)]
            if met:
                path, to = met[0]["id"], met[0].get("to")
            elif step.get("unmatched", "keep_waiting") == "keep_waiting":
                return
            else:
                path, to = "default", step.get("default")
        run.event = happening.properties
        self._capture(run, step, now)
        run.caused_at = happening.occurred_at
        self._leave(run, path, to, now)

    # Entering.

    def _start_met(self, happening: Happening) -> Json | None:
        context = (happening.context or {}).get("type", "OTHER")
        here = self._here(None, happening.properties, happening.received_at)
        for start in self.graph["starts"]:
            admitted = not start.get("contexts") or context in start["contexts"]
            if start["event"] == happening.name and admitted and holds(start.get("condition"), here):
                return start
        return None

    def _maybe_enter(self, happening: Happening, removed: bool) -> None:
        start = self._start_met(happening)
        if start is None or removed:
            return
        rule = self.graph.get("reentry", {})
        keyed = rule.get("inside") == "one_per_key" or rule.get("rule") == "value_changes"
        key = ""
        if keyed:
            found = look_up(happening.properties, rule["key"])
            if found is MISSING or found is None or found == "":
                return
            key = str(found)
        now = happening.received_at
        if not self._may_enter_again(rule, key, now):
            return
        rivals = [run for run in self.inside() if rule.get("inside") != "one_per_key" or run.key == key]
        if rivals and rule.get("inside") != "restart":
            return
        for run in rivals:
            self._end(run, "neutral", "restarted", now)
        self.entries.append((key, now))
        run = ModelRun(len(self.runs), key, now, happening.occurred_at, happening.properties)
        self.runs.append(run)
        self._capture(run, start, now)
        run.caused_at = happening.occurred_at
        self._reach(run, self.graph["first"], now)

    def _may_enter_again(self, rule: Json, key: str, now: datetime) -> bool:
        by_key = rule.get("inside") == "one_per_key" or rule.get("rule") == "value_changes"
        times = [at for entered, at in self.entries if not by_key or entered == key]
        kind = rule.get("rule", "every_time")
        if kind == "every_time" or not times:
            return True
        if kind == "once_per_year":
            return max(times).astimezone(self.zone).year != now.astimezone(self.zone).year
        if kind == "after":
            return add(max(times), rule["period"], self.zone) <= now
        return False

    def _capture(self, run: ModelRun, holder: Json, now: datetime) -> None:
        here = self._here(run, run.event, now)
        values = {capture["name"]: here.operand(capture["operand"]) for capture in holder.get("captures", [])}
        for name, value in values.items():
            scalars = value if isinstance(value, list) else [value]
            if all(isinstance(item, str | int | float) for item in scalars):
                run.captured = {**run.captured, name: value}
            else:
                run.captured = {kept: old for kept, old in run.captured.items() if kept != name}

    # Walking.

    def _leave(self, run: ModelRun, path: str, to: str | None, now: datetime) -> None:
        assert run.step is not None
        run.way.append((run.step, run.visit, path))
        if to is None:
            self._end(run, "neutral", "completed", now)
        else:
            self._reach(run, to, now)

    def _reach(self, run: ModelRun, name: str, now: datetime) -> None:
        run.step, run.visit, run.due_at, run.kept = name, run.visit + 1, None, []
        step = self.graph["steps"][name]
        if any(name in self._ahead(way) for way in self._ways(step)):
            run.rounds[name] = run.rounds.get(name, 0) + 1
            if run.rounds[name] > self.graph.get("rounds", 10):
                self._end(run, "neutral", "too_many_rounds", now)
                return
        {
            "send_email": self._ask,
            "send_sms": self._ask,
            "send_push": self._ask,
            "assign_coupon": self._ask,
            "wait": self._hold,
            "wait_then_check": self._hold,
            "react": self._hold,
            "check_now": self._check_now,
            "update_contact": self._update,
            "end": lambda run, step, now: self._end(run, step.get("outcome", "neutral"), "completed", now),
        }[step["kind"]](run, step, now)

    def _ask(self, run: ModelRun, step: Json, now: datetime) -> None:
        assert run.step is not None
        kind = "coupon" if step["kind"] == "assign_coupon" else step["kind"].removeprefix("send_")
        self.requests.append(Request(kind, run, run.step, run.visit, now, run.captured))

    def _answered(self, run: ModelRun, happening: Happening) -> None:
        step = self.graph["steps"][run.step]
        now = happening.received_at
        run.caused_at = happening.occurred_at
        if happening.name == "couponAssigned":
            run.captured = {**run.captured, step.get("capture", "coupon"): happening.properties["code"]}
        if happening.name == "couponPoolEmpty":
            self._leave(run, "none_left", step.get("noneLeft"), now)
        elif happening.name == "messageSkipped" and step.get("whenSkipped", "exit") == "exit":
            self._end(run, "neutral", happening.properties["reason"], now)
        else:
            self._leave(run, "next", step.get("next"), now)

    def _hold(self, run: ModelRun, step: Json, now: datetime) -> None:
        run.due_at = add(now, step.get("limit") or step["period"], self.zone)

    def _time_is_up(self, run: ModelRun, now: datetime) -> None:
        step = self.graph["steps"][run.step]
        path, to = "next", step.get("next")
        if step["kind"] == "react":
            path, to = "default", step.get("default")
        if step["kind"] == "wait_then_check":
            path, to = self._check_kept(run, step, now)
        run.caused_at = now
        self._leave(run, path, to, now)

    def _check_kept(self, run: ModelRun, step: Json, now: datetime) -> tuple[str, str | None]:
        for path in step["paths"]:
            if path.get("event") is None:
                if holds(path.get("condition"), self._here(run, None, now)):
                    return path["id"], path.get("to")
                continue
            for kept in run.kept:
                here = self._here(run, kept.properties, now)
                if kept.name == path["event"] and holds(path.get("condition"), here):
                    run.event = kept.properties
                    self._capture(run, step, now)
                    return path["id"], path.get("to")
        return "default", step.get("default")

    def _check_now(self, run: ModelRun, step: Json, now: datetime) -> None:
        for path in step["paths"]:
            if holds(path.get("condition"), self._here(run, run.event, now)):
                self._leave(run, path["id"], path.get("to"), now)
                return
        self._leave(run, "default", step.get("default"), now)

    def _update(self, run: ModelRun, step: Json, now: datetime) -> None:
        for change in step.get("changes", []):
            operand = change.get("operand")
            value = None if operand is None else self._here(run, run.event, now).operand(operand)
            self._change(change, None if value is MISSING else value)
        for record in step.get("events", []):
            here = self._here(run, run.event, now)
            values = {name: here.operand(operand) for name, operand in record.get("properties", {}).items()}
            said = {
                name: value for name, value in values.items() if value is not MISSING and value is not None
            }
            self.recorded.append((record["event"], said, now))
            self.queue.append(Happening(record["event"], now, now, said, by=run))
        self._leave(run, "next", step.get("next"), now)

    def _change(self, change: Json, value: Any) -> None:
        path, action = change["path"], change["action"]
        old = look_up(self.profile, path)
        if action == "clear":
            if old is not MISSING:
                self._put(path, None)
            return
        if value is None:
            return
        if action in ("add", "subtract"):
            base = 0 if old is MISSING or old is None else old
            if is_number(base) and is_number(value):
                total = Decimal(str(base)) + Decimal(str(value)) * (1 if action == "add" else -1)
                self._put(path, int(total) if total == int(total) else float(total))
            return
        items = [] if old is MISSING or old is None else old if isinstance(old, list) else [old]
        values = value if isinstance(value, list) else [value]
        if action == "set":
            self._put(path, value)
        elif action == "append":
            self._put(path, items + [item for item in dict.fromkeys(values) if item not in items])
        elif isinstance(old, list):
            self._put(path, [item for item in items if item not in values])

    def _put(self, path: str, value: Any) -> None:
        *parents, last = path.split(".")
        holder = self.profile
        for parent in parents:
            if not isinstance(holder.get(parent), dict):
                holder[parent] = {}
            holder = holder[parent]
        holder[last] = value

    def _end(self, run: ModelRun, outcome: str, reason: str, now: datetime) -> None:
        run.ended_at, run.outcome, run.reason, run.due_at = now, outcome, reason, None
