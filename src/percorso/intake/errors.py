"""Errors of intake.

IntakeError
├── UnreadableError   a request cannot be read at all: nothing of it is taken
├── SlowError         its body did not come in time: nothing of it is taken
├── RejectedError     one call cannot be taken in: it goes to the rejected list, its neighbours do not
├── TakenError        a contact was to be made whom there is already; nothing of it was taken
└── OverloadError     more waits to be stored than fits; nothing of this request was taken
"""

from uuid import UUID


class IntakeError(Exception):
    """Root of what intake raises; the message is a sentence for the developer who sent it."""

    code = "intake_error"


class UnreadableError(IntakeError):
    """The body is no JSON, too large, or no call; `code` tells which."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        super().__init__(sentence)


class SlowError(IntakeError):
    """The client took too long to send the body."""

    code = "slow_body"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The body did not come within {seconds:g} seconds. Send it again.")


class RejectedError(IntakeError):
    """A call that is kept aside with its reason; `name` is its event's, as far as it could be read."""

    def __init__(self, code: str, sentence: str, *, name: str | None = None) -> None:
        self.code = code
        self.name = name
        super().__init__(sentence)


class TakenError(IntakeError):
    """A contact was to be made and not added to, but somebody has one of its identities already."""

    code = "contact_exists"

    def __init__(self, contact_id: UUID) -> None:
        super().__init__(f"The contact {contact_id} has one of these identities already.")
        self.contact_id = contact_id


class OverloadError(IntakeError):
    """The queue is full: the client sends it again a little later."""

    code = "overload"

    def __init__(self) -> None:
        super().__init__("More events wait to be stored than this server holds. Send it again in a moment.")
