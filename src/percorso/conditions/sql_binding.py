"""The parameters and names of one statement."""

from typing import Any


class Binding:
    """Gathers the parameters of a statement while its text is written; used once."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.parameters: list[Any] = []
        self._numbers: dict[tuple[str, str], str] = {}
        self._aliases = 0

    def bind(self, value: Any, type_name: str) -> str:
        """Return the parameter that carries a value; the same value of the same type is carried once."""
        key = (type_name, repr(value))
        if key not in self._numbers:
            self.parameters.append(value)
            self._numbers[key] = f"${self.first + len(self.parameters) - 1}::{type_name}"
        return self._numbers[key]

    def alias(self, kind: str) -> str:
        """Return a name in the statement that nothing else has."""
        self._aliases += 1
        return f"{kind}{self._aliases}"
