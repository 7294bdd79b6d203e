"""A backtest in words, in both languages. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from percorso.backtest.model import Report
from percorso.journeys.diff import Language

_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "span": (
        "From {since} to {until}: {contacts} contacts, {facts} facts.",
        "Dal {since} al {until}: {contacts} contatti, {facts} fatti.",
    ),
    "runs": (
        "{entries} entries; {inside} inside at the end.",
        "{entries} ingressi; {inside} ancora dentro alla fine.",
    ),
    "outcomes": ("Outcomes: {figures}.", "Esiti: {figures}."),
    "exits": ("Ended because: {figures}.", "Finiti per: {figures}."),
    "step": (
        "Step {step}: {entered} reached it; left by {left}; ended there {exited}.",
        "Passo {step}: raggiunto da {entered}; usciti per {left}; finiti lì {exited}.",
    ),
    "messages": (
        "{messages} messages: {channels}. Refused: {refused}.",
        "{messages} messaggi: {channels}. Rifiutati: {refused}.",
    ),
    "people": (
        "Messages per person, of {people}: median {median:g}, p99 {p99:g}, most {maximum}.",
        "Messaggi a persona, su {people}: mediana {median:g}, p99 {p99:g}, massimo {maximum}.",
    ),
    "days": ("Messages per day: {figures}.", "Messaggi al giorno: {figures}."),
    "hours": ("Messages per hour of the day: {figures}.", "Messaggi per ora del giorno: {figures}."),
    "same": (
        "All {compared} runs are the same as in production.",
        "Tutti i {compared} passaggi sono uguali a quelli della produzione.",
    ),
    "differs": (
        "{differing} of {compared} runs differ from production.",
        "{differing} di {compared} passaggi sono diversi dalla produzione.",
    ),
    "difference": (
        "Run {run} of contact {contact}, {what}: production {recorded}; told again {retold}.",
        "Passaggio {run} del contatto {contact}, {what}: produzione {recorded}; rifatto {retold}.",
    ),
}
_LONGEST: Final = 200


def describe_report(report: Report, language: Language) -> Iterator[str]:
    """Yield the sentences that tell a report, the most important first."""

    def say(name: str, **said: object) -> str:
        return _SENTENCES[name][language == "it"].format(**said)

    yield say("span", since=f"{report.since:%Y-%m-%d %H:%M}", until=f"{report.until:%Y-%m-%d %H:%M}",
              contacts=report.contacts, facts=report.facts)  # fmt: skip
    yield say("runs", entries=report.entries, inside=report.inside)
    yield say("outcomes", figures=_list(report.outcomes))
    yield say("exits", figures=_list(report.exits))
    for step, figures in report.steps.items():
        yield say("step", step=step or "-", entered=figures.entered, left=_list(figures.left),
                  exited=_list(figures.exited))  # fmt: skip
    yield say("messages", messages=report.messages, channels=_list(report.per_channel),
              refused=_list(report.refused))  # fmt: skip
    each = report.per_person
    yield say("people", people=each.people, median=each.median, p99=each.p99, maximum=each.maximum)
    yield say("days", figures=_list(report.per_day))
    yield say("hours", figures=_list(report.per_hour))
    if not report.differing:
        yield say("same", compared=report.compared)
        return
    yield say("differs", differing=report.differing, compared=report.compared)
    for one in report.differences:
        yield say("difference", run=one.run_id, contact=one.contact_id, what=one.what,
                  recorded=_clip(one.recorded), retold=_clip(one.retold))  # fmt: skip


def _list(figures: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {figure}" for name, figure in figures.items()) or "-"


def _clip(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
