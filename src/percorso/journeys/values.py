"""Reading of single values by path, for keys and captures."""

from collections.abc import Mapping
from typing import Any


def read_path(document: Mapping[str, Any] | None, path: str) -> Any:
    """Return the value at the dotted `path` of a JSON object, None where there is none."""
    value: Any = document
    for part in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value
