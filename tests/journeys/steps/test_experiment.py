from types import MappingProxyType

from percorso.journeys.compile import compile_version
from percorso.journeys.engine import enter
from percorso.journeys.entry import Enter
from percorso.journeys.graph import End, Experiment, Measure, RandomPath
from percorso.journeys.model import Run
from percorso.journeys.version import Version
from percorso.kit.ids import derive_id, derive_share
from tests.journeys.build import JOURNEY, LIST, NOON, ROME, days, make_fact, make_graph

STEPS = {
    "test": Experiment(
        (RandomPath("a", 45, to="a"), RandomPath("b", 45, to="b")),
        Measure("completedOrder", days(7)),
        hold_out=RandomPath("none", 10, to="none"),
    ),
    "a": End("positive"),
    "b": End("negative"),
    "none": End("neutral"),
}


def version_of(winners: dict[str, str] | None = None) -> Version:
    graph = make_graph(STEPS)
    return compile_version(JOURNEY, 1, graph, ROME, LIST, winners=MappingProxyType(winners or {}))


def run_of(version: Version, number: int, entry: int = 0) -> Run:
    fact = make_fact("began", contact_id=derive_id("contact", number), message_id=f"m{number}.{entry}")
    (start,) = version.starts["began"]
    return enter(version, Enter(start, ""), fact, {}, NOON).run


def test_the_same_people_are_held_out_at_every_entry() -> None:
    version = version_of()
    held = {number for number in range(500) if run_of(version, number).outcome == "neutral"}
    assert held == {
        number
        for number in range(500)
        if derive_share("hold_out", derive_id("contact", number), JOURNEY) < 0.1
    }
    assert 25 < len(held) < 75
    again = {number for number in range(500) if run_of(version, number, entry=1).outcome == "neutral"}
    assert again == held


def test_all_others_are_shared_out_by_the_run() -> None:
    version = version_of()
    outcomes = [run_of(version, number).outcome for number in range(1_000)]
    assert 380 < outcomes.count("positive") < 520
    assert 380 < outcomes.count("negative") < 520
    entries = {run_of(version, 1, entry=entry).outcome for entry in range(50)}
    assert entries == {"positive", "negative"} or entries == {"neutral"}


def test_a_winner_takes_all_but_those_held_out() -> None:
    before, after = version_of(), version_of({"test": "b"})
    for number in range(200):
        held = run_of(before, number).outcome == "neutral"
        assert run_of(after, number).outcome == ("neutral" if held else "negative")
