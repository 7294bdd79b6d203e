"""What may stand in the way of a contact's rights.

PrivacyError
└── ChangingError   the contact changes while it is being erased; try again
"""


class PrivacyError(Exception):
    """Root of what `percorso.privacy` raises."""

    code = "privacy"


class ChangingError(PrivacyError):
    """The contact gained or lost an identity, or was merged, between reading and erasing it."""

    code = "contact_changing"

    def __init__(self) -> None:
        super().__init__("This contact is changing at this very moment. Repeat the request.")
