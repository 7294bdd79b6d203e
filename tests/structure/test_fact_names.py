"""What Percorso records of itself nobody else can say: the names in the code are those that are reserved."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from percorso.intake.vocabulary import RESERVED
from percorso.journeys.check_steps import RESERVED_EVENTS

SOURCE = Path(__file__).resolve().parents[2] / "src" / "percorso"
_MAKERS = (
    "consent", "contacts", "content", "courier", "deliverability", "intake", "journeys", "log", "messages", "privacy", "segments", "worker",
)  # fmt: skip
"""Packages that append facts of Percorso's own; what they call a fact says of what, and what became of it."""
_NAME = re.compile(
    r"(campaign|consent|contact|coupon|first|group|journey|message|places?|run|segment|start|step|suppression|webhook)"
    r"(?=[A-Z])\w*?(ed|Met|Sent|Full|Taken|Left|Empty|Unknown|Spam)\Z"
)


def _list_names() -> Iterator[str]:
    for package in _MAKERS:
        for path in (SOURCE / package).rglob("*.py"):
            if path.parent.name == "events" or "preconfigured" in path.parts or path.stem == "vocabulary":
                # What anybody's events are called, and the list itself.
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and _NAME.match(node.value):
                    yield node.value


def test_the_facts_that_percorso_makes_are_reserved() -> None:
    names = set(_list_names())
    assert len(names) > 30
    assert names - RESERVED_EVENTS == set()
    # A status may be sent from outside; a step cannot record one.
    assert {
        "campaignSubscribed",
        "campaignUnsubscribed",
        "campaignOptinRequested",
    } == RESERVED_EVENTS - RESERVED


def test_nothing_is_reserved_that_nobody_makes() -> None:
    assert RESERVED_EVENTS - set(_list_names()) == set()
