"""Errors of event types.

EventTypeError
├── UnknownEventTypeError    nobody declared such an event type
├── KnownEventError          a known event is what it is; only its own properties could be declared
├── EventNameError           the name cannot be one of an event
└── SchemaError              the schema cannot be read
"""


class EventTypeError(Exception):
    """What cannot be done with an event type; `code` is stable."""

    code = "event_type"


class UnknownEventTypeError(EventTypeError):
    """Nobody declared such an event type."""

    code = "unknown_event_type"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no event type {name}.")
        self.name = name


class KnownEventError(EventTypeError):
    """The name is one of Percorso's own events."""

    code = "known_event"

    def __init__(self, name: str) -> None:
        super().__init__(f"The event {name} is known already. Choose another name.")
        self.name = name


class EventNameError(EventTypeError):
    """The name cannot be one of an event."""

    code = "event_name"

    def __init__(self) -> None:
        super().__init__("The name of an event has 1 to 200 characters, without spaces around it.")


class SchemaError(EventTypeError):
    """The schema is no JSON schema, too large, or refers to something outside itself."""

    code = "event_schema"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The schema cannot be used: {reason}.")
        self.reason = reason
