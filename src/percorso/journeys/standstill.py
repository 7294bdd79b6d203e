"""Whether a journey can go on for anybody, by what of the workspace is gone (spec 3.10: the state *failed*). Pure."""

from collections.abc import Iterator, Mapping

from percorso.journeys.faults import Fault
from percorso.journeys.graph import Graph, SendEmail, SendSms
from percorso.journeys.steps import ways_out


def list_needed(graph: Graph) -> Iterator[tuple[str, str, str]]:
    """Yield step, template and channel of each message that a journey sends, variants aside: without one the first is sent."""
    for id, step in graph.steps.items():
        if isinstance(step, SendEmail | SendSms):
            yield id, step.template_id, "email" if isinstance(step, SendEmail) else "sms"


def list_gone(graph: Graph, kinds: Mapping[str, str], *, has_sms_sender: bool) -> list[Fault]:
    """Return what steps that send cannot do without and the workspace has no more; `kinds` are the channels of templates by id."""
    faults: list[Fault] = []
    for step, template_id, channel in list_needed(graph):
        kind = kinds.get(template_id)
        if kind is None:
            faults.append(Fault("template_unknown", f"steps.{step}.templateId"))
        elif kind != channel:
            faults.append(Fault("template_of_other_kind", f"steps.{step}.templateId"))
        if channel == "sms" and not has_sms_sender:
            faults.append(Fault("sms_sender_missing", f"steps.{step}"))
    return faults


def find_standstill(graph: Graph, gone: list[Fault]) -> list[Fault]:
    """Return why nobody who enters can come to an end of the journey, nothing where somebody can.

    Whoever comes to a step that cannot send stands still there; where a way leads past all of these the journey goes on, and
    those who come to one fail by themselves.
    """
    broken = {fault.at.split(".")[1] for fault in gone}
    seen: set[str] = set()
    waiting = [graph.first]
    while waiting:
        id = waiting.pop()
        if id in seen or id in broken:
            seen.add(id)
            continue
        seen.add(id)
        step = graph.steps.get(id)
        ways = [] if step is None else [to for _, _, to in ways_out(step)]
        if not ways or None in ways:
            return []
        waiting.extend(to for to in ways if to is not None)
    return [fault for fault in gone if fault.at.split(".")[1] in seen]
