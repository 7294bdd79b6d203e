"""What may be wrong with a statement of consent.

ConsentError
└── UnknownLeafError   the consent tree has no such leaf
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
