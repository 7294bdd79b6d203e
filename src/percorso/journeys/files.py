"""Journeys as files, JSON or YAML: what `percorso journeys apply` reads and `show` writes. Pure.

name: Abandoned cart
description: …
tags: [cart]
graph: {starts: […], first: …, steps: {…}}      # messages as `template:<name>`, pools as `pool:<name>`, or ids
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

import msgspec
import yaml

from percorso.journeys.definition import MAXIMUM_GRAPH_BYTES
from percorso.journeys.errors import UnreadableGraphError

MAXIMUM_NAME: Final = 200


class JourneyFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A journey as written in a file."""

    name: str
    graph: dict[str, Any]
    description: str = ""
    tags: tuple[str, ...] = ()


def parse_file(text: str) -> JourneyFile:
    """Return the journey written in `text`, YAML or JSON (which is YAML); raises UnreadableGraphError in words."""
    if len(text.encode("utf-8", "surrogatepass")) > MAXIMUM_GRAPH_BYTES:
        raise UnreadableGraphError(f"it is larger than {MAXIMUM_GRAPH_BYTES} bytes")
    try:
        # Alias upon alias, a small file would become more than memory holds.
        events = cast("Iterable[object]", yaml.parse(text, Loader=yaml.SafeLoader))  # pyright: ignore[reportUnknownMemberType]
        if any(isinstance(event, yaml.AliasEvent) for event in events):
            raise UnreadableGraphError("it uses YAML aliases; write the parts out")
        # Through JSON, because YAML also knows dates and keys that are no text.
        read = msgspec.json.decode(msgspec.json.encode(yaml.safe_load(text)), type=JourneyFile)
    except (yaml.YAMLError, msgspec.MsgspecError, RecursionError, ValueError, TypeError) as error:
        raise UnreadableGraphError(" ".join(str(error).split())) from None
    if not 0 < len(read.name.strip()) <= MAXIMUM_NAME:
        raise UnreadableGraphError(f"its name has 1 to {MAXIMUM_NAME} characters")
    return read


def write_file(name: str, description: str, tags: list[str], graph: Mapping[str, Any]) -> str:
    """Return the journey as canonical YAML: reading it gives the same journey, writing it again the same text."""
    written = {"name": name, "description": description, "tags": tags, "graph": dict(graph)}
    return yaml.safe_dump(written, sort_keys=False, allow_unicode=True, width=100)
