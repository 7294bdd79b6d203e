"""An event type, and what a strict workspace accepts: pure values and decisions."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from percorso.contacts.events.known import KNOWN
from percorso.contacts.events.schemas import Checker, compile_known


class EventLabels(msgspec.Struct, frozen=True):
    """What an event is called, in each language of the application."""

    it: str
    en: str


class EventType(msgspec.Struct, frozen=True):
    """A declared event. `schema`: what its properties must be; None: anything."""

    name: str
    labels: EventLabels
    schema: dict[str, Any] | None = None


class Refusal(msgspec.Struct, frozen=True):
    """Why a strict workspace keeps an event aside."""

    code: Literal["unknown_event", "ill_typed_event"]
    sentence: str


class Accepted:
    """What a strict workspace accepts: known events and those declared, as their types say."""

    def __init__(self, declared: Mapping[str, Checker | None]) -> None:
        self._declared = declared

    def find_refusal(self, name: str, properties: dict[str, Any]) -> Refusal | None:
        """Return why the event is to be kept aside, None if it is accepted."""
        if name in self._declared:
            checker = self._declared[name]
        elif name in KNOWN:
            checker = compile_known()[name]
        else:
            return Refusal("unknown_event", f"Nobody declared the event {name}.")
        fault = None if checker is None else checker.find_fault(properties)
        return (
            None if fault is None else Refusal("ill_typed_event", f"It does not fit its event type: {fault}.")
        )
