"""What may be wrong with a statement of consent.

ConsentError
├── ErasedContactError  the contact was erased a moment ago
└── UnknownLeafError    the consent tree has no such leaf
"""


class ConsentError(Exception):
    """Something was said of consent that cannot be recorded."""

    code = "consent"


class UnknownLeafError(ConsentError):
    """The consent tree has no such leaf."""

    code = "unknown_leaf"

    def __init__(self, leaf: str) -> None:
        self.leaf = leaf
        super().__init__(f"There is no consent called {leaf!r}.")


class ErasedContactError(ConsentError):
    """The contact was erased between reading and writing; nothing may be said of it any more."""

    code = "contact_erased"

    def __init__(self) -> None:
        super().__init__("This contact was erased a moment ago.")
