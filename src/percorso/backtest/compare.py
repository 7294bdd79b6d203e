"""What was told again, held against what production keeps: run by run. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from percorso.backtest.model import Difference, Retold
from percorso.backtest.store import RecordedMessage, RecordedRun
from percorso.journeys.model import Run, TraceEntry
from percorso.messages.model import NewMessage

_MISSING = "missing"


def compare_family(
    retold: Retold,
    journey_id: UUID,
    runs: Iterable[RecordedRun],
    traces: Mapping[UUID, list[TraceEntry]],
    messages: Mapping[UUID, list[RecordedMessage]],
    until: datetime,
) -> list[Difference]:
    """Return every difference between the journey's runs as told again and as recorded, as far as they went until then.

    Of each run: whose and where it is, its moments, outcome and captured values; its trace, to the last value that was
    judged; the keys of its messages and when they were planned.
    """
    mine = {id: run for id, run in retold.runs.items() if run.journey_id == journey_id}
    recorded = {run.id: run for run in runs}
    found: list[Difference] = []
    for id in sorted(mine.keys() | recorded.keys()):
        run, known = mine.get(id), recorded.get(id)
        if run is None or known is None:
            contact_id = (run or known or retold).contact_id
            found.append(Difference(id, contact_id, "run", _say(known, _MISSING), _say(run, _MISSING)))
            continue
        so_far = [entry for entry in traces.get(id, []) if entry.at < until]
        went_on = len(so_far) < len(traces.get(id, []))
        sides = {
            # Where it stands by now says nothing of where it stood then.
            **({} if went_on else _compare_run(known, run)),
            "trace": (_plain(so_far), _plain(retold.traces.get(id, []))),
            "messages": (
                _keys(message for message in messages.get(id, []) if message.planned_at < until),
                _keys(message for message in retold.messages.values() if message.run_id == id),
            ),
        }
        found += [
            Difference(id, known.contact_id, what, ours, theirs)
            for what, (ours, theirs) in sides.items()
            if ours != theirs
        ]
    return found


def _compare_run(known: RecordedRun, run: Run) -> dict[str, tuple[Any, Any]]:
    # Where an ended run stood last is told by its trace; its row does not keep it.
    step = run.step if run.state == "waiting" else None
    mine = msgspec.structs.asdict(run) | {"step": step, "captured": _plain(run.captured)}
    return {
        name: (getattr(known, name), mine[name]) for name in RecordedRun.__struct_fields__ if name != "id"
    }


def _keys(messages: Iterable[RecordedMessage | NewMessage]) -> list[tuple[str, str, int, str]]:
    return sorted(
        (str(message.id), message.step or "", message.visit or 0, message.planned_at.isoformat())
        for message in messages
    )


def _plain(value: Any) -> Any:
    """Return what JSON keeps of a value."""
    return msgspec.json.decode(msgspec.json.encode(value))


def _say(run: Run | RecordedRun | None, missing: str) -> Any:
    return missing if run is None else {"state": run.state, "enteredAt": run.entered_at.isoformat()}
