from hypothesis import given
from hypothesis import strategies as st

from percorso.journeys.shape import find_loops, reachable_from

IDS = [f"s{number}" for number in range(7)]
followers = st.fixed_dictionaries(
    {id: st.lists(st.sampled_from(IDS), max_size=3, unique=True).map(tuple) for id in IDS}
)


def paths_of(graph: dict[str, tuple[str, ...]], length: int) -> set[tuple[str, str]]:
    """All pairs joined by a way of 1 to `length` steps, found by trying."""
    joined = {(one, to) for one, following in graph.items() for to in following}
    for _ in range(length):
        joined |= {(one, to) for one, between in joined for to in graph[between]}
    return joined


@given(followers)
def test_steps_lie_on_a_loop_exactly_if_they_lead_back_to_themselves(
    graph: dict[str, tuple[str, ...]],
) -> None:
    joined = paths_of(graph, len(IDS))
    loops = find_loops(graph)
    assert sorted(step for loop in loops for step in loop) == sorted(id for id in IDS if (id, id) in joined)
    for loop in loops:
        assert all((one, other) in joined for one in loop for other in loop)
        assert loop == [id for id in graph if id in loop]


@given(followers, st.sets(st.sampled_from(IDS)))
def test_steps_that_do_not_pass_break_a_loop(graph: dict[str, tuple[str, ...]], pauses: set[str]) -> None:
    rest = {id: tuple(to for to in following if to not in pauses) for id, following in graph.items()}
    rest = {id: following for id, following in rest.items() if id not in pauses}
    assert find_loops(graph, lambda step: step not in pauses) == find_loops(rest)


@given(followers, st.sampled_from(IDS))
def test_what_can_be_reached_is_what_ways_lead_to(graph: dict[str, tuple[str, ...]], start: str) -> None:
    joined = paths_of(graph, len(IDS))
    assert reachable_from([start], graph) == {start} | {to for one, to in joined if one == start}


def test_a_deep_graph_needs_no_deep_stack() -> None:
    deep = {f"s{number}": (f"s{number + 1}",) for number in range(20_000)} | {"s20000": ("s0",)}
    (loop,) = find_loops(deep)
    assert len(loop) == 20_001
    assert len(reachable_from(["s0"], deep)) == 20_001
    assert reachable_from(["nowhere"], deep) == set()
