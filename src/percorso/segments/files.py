"""Segments as files, JSON or YAML: what `percorso segments apply` reads and `show` writes. Pure.

name: Good customers
notes: …
tags: [shop]
definition: {kind: filter, condition: {…}}      # other segments as `segment:<name>`, or ids
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast
from uuid import UUID

import msgspec
import yaml

from percorso.segments.codec import convert_definition
from percorso.segments.faults import DefinitionError, Fault
from percorso.segments.model import Definition, Segment

LARGEST: Final = 500_000
"""Bytes of a file."""

_PREFIX: Final = "segment:"
_PLACES: Final = frozenset({"first", "segmentId", "id"})


class SegmentFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A segment as written in a file; other segments may be named."""

    name: str
    definition: dict[str, Any]
    notes: str = ""
    tags: tuple[str, ...] = ()
    enabled: bool = True


def parse_file(text: str) -> SegmentFile:
    """Return the segment written in `text`, YAML or JSON (which is YAML); raises DefinitionError in words."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        raise _unreadable(f"it is larger than {LARGEST} bytes")
    try:
        # Alias upon alias, a small file would become more than memory holds.
        events = cast("Iterable[object]", yaml.parse(text, Loader=yaml.SafeLoader))  # pyright: ignore[reportUnknownMemberType]
        if any(isinstance(event, yaml.AliasEvent) for event in events):
            raise _unreadable("it uses YAML aliases; write the parts out")
        # Through JSON, because YAML also knows keys that are no text.
        read = msgspec.json.decode(msgspec.json.encode(yaml.safe_load(text)), type=SegmentFile)
    except (yaml.YAMLError, msgspec.MsgspecError, RecursionError, ValueError, TypeError) as error:
        raise _unreadable(" ".join(str(error).split())) from None
    if not 0 < len(read.name.strip()) <= 200:
        raise _unreadable("its name has 1 to 200 characters")
    return read


def write_file(segment: Segment, names: Mapping[UUID, str]) -> str:
    """Return the segment as YAML, with other segments by their names: reading it gives the same segment."""
    known = {str(id): f"{_PREFIX}{name}" for id, name in names.items()}
    definition = _replace(msgspec.json.decode(msgspec.json.encode(segment.definition)), known)
    written = {
        "name": segment.name,
        "notes": segment.notes,
        "tags": list(segment.tags),
        "enabled": segment.enabled,
        "definition": definition,
    }
    return yaml.safe_dump(written, sort_keys=False, allow_unicode=True, width=100)


def resolve_names(definition: Mapping[str, Any], ids: Mapping[str, UUID]) -> Definition:
    """Return the definition with names (lower case in `ids`) turned into ids; raises DefinitionError."""
    known = {f"{_PREFIX}{name}": str(id) for name, id in ids.items()}
    resolved = _replace(dict(definition), known, lower=True)
    return convert_definition(resolved)


def _replace(value: Any, known: Mapping[str, str], *, lower: bool = False) -> Any:
    if isinstance(value, list):
        return [_replace(item, known, lower=lower) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    replaced: dict[str, Any] = {}
    for key, inner in cast("dict[str, Any]", value).items():
        if key in _PLACES and isinstance(inner, str):
            asked = (
                _PREFIX + inner.removeprefix(_PREFIX).lower()
                if lower and inner.startswith(_PREFIX)
                else inner
            )
            replaced[key] = known.get(asked, inner)
        else:
            replaced[key] = _replace(inner, known, lower=lower)
    return replaced


def _unreadable(detail: str) -> DefinitionError:
    return DefinitionError([Fault("unreadable", "", {"detail": detail})])
