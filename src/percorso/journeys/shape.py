"""The shape of a graph: what can be reached, what lies on a loop."""

from collections.abc import Callable, Iterable, Mapping

from percorso.journeys.graph import Graph
from percorso.journeys.steps import ways_out

Followers = Mapping[str, tuple[str, ...]]
"""For each step the steps that can come next; targets that do not exist are left out."""


def followers_of(graph: Graph) -> dict[str, tuple[str, ...]]:
    """Return for each step the steps that can come next, each once, in the order of the paths."""
    return {
        id: tuple(dict.fromkeys(to for _, _, to in ways_out(step) if to is not None and to in graph.steps))
        for id, step in graph.steps.items()
    }


def reachable_from(start: Iterable[str], followers: Followers) -> set[str]:
    """Return the steps that a run standing at one of `start` can stand at, now or later."""
    found: set[str] = set()
    waiting = [step for step in start if step in followers]
    while waiting:
        step = waiting.pop()
        if step not in found:
            found.add(step)
            waiting.extend(followers[step])
    return found


def find_loops(followers: Followers, passes: Callable[[str], bool] = lambda _step: True) -> list[list[str]]:
    """Return the loops that can be gone round through steps for which `passes` holds.

    Each is the list of steps that can all reach each other (Tarjan's strongly connected components), in the
    order of the graph.
    """
    kept = {
        step: tuple(to for to in following if passes(to))
        for step, following in followers.items()
        if passes(step)
    }
    order = {step: position for position, step in enumerate(kept)}
    loops: list[list[str]] = []
    for component in _components(kept):
        if len(component) > 1 or component[0] in kept[component[0]]:
            loops.append(sorted(component, key=lambda step: order[step]))
    return sorted(loops, key=lambda loop: order[loop[0]])


def _components(followers: Followers) -> list[list[str]]:
    """Return the strongly connected components, without recursion: graphs may be deep."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    components: list[list[str]] = []
    for root in followers:
        if root in index:
            continue
        work = [(root, iter(followers[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            step, rest = work[-1]
            for to in rest:
                if to not in index:
                    index[to] = low[to] = len(index)
                    stack.append(to)
                    on_stack.add(to)
                    work.append((to, iter(followers[to])))
                    break
                if to in on_stack:
                    low[step] = min(low[step], index[to])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[step])
                if low[step] == index[step]:
                    component = stack[stack.index(step) :]
                    del stack[stack.index(step) :]
                    on_stack.difference_update(component)
                    components.append(component)
    return components
