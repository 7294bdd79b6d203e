"""Journeys as files, JSON or YAML: what `percorso journeys apply` reads and `show` writes. Pure.

name: Abandoned cart
description: …
tags: [cart]
tests: […]                                      # see `simulation/expectation.py`
graph: {starts: […], first: …, steps: {…}}      # messages as `template:<name>`, pools as `pool:<name>`, or ids
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

import msgspec
import yaml

from percorso.journeys.definition import MAXIMUM_GRAPH_BYTES
from percorso.journeys.errors import UnreadableGraphError

MAXIMUM_NAME: Final = 200


class JourneyFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A journey as written in a file; `tests` are what it carries to be tried before it is published."""

    name: str
    graph: dict[str, Any]
    description: str = ""
    tags: tuple[str, ...] = ()
    tests: tuple[dict[str, Any], ...] = ()


class _Loader(yaml.SafeLoader):
    """YAML 1.2 as far as it matters: `no`, `on` and dates are text, as whoever writes a city or a name means them."""


_TIMESTAMP: Final = "tag:yaml.org,2002:timestamp"
_BOOLEAN: Final = "tag:yaml.org,2002:bool"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in (_TIMESTAMP, _BOOLEAN)]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(  # pyright: ignore[reportUnknownMemberType]
    _BOOLEAN, re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"), list("tTfF")
)


def _construct_mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    # The last of two would win in silence: a path drawn twice would lose one.
    seen: set[str] = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode) and isinstance(key.value, str):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"“{key.value}” stands twice", key.start_mark
                )
            seen.add(key.value)
    return cast("dict[Any, Any]", loader.construct_mapping(node, deep=True))


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _construct_mapping)  # pyright: ignore[reportUnknownMemberType]

_LINE_BREAKS: Final = frozenset("\x85\u2028\u2029")
"""What YAML takes for the end of a line, and would not give back as it was."""


def parse_file(text: str) -> JourneyFile:
    """Return the journey written in `text`, YAML or JSON (which is YAML); raises UnreadableGraphError in words."""
    if len(text.encode("utf-8", "surrogatepass")) > MAXIMUM_GRAPH_BYTES:
        raise UnreadableGraphError(f"it is larger than {MAXIMUM_GRAPH_BYTES} bytes")
    try:
        # Alias upon alias, a small file would become more than memory holds.
        events = cast("Iterable[object]", yaml.parse(text, Loader=_Loader))  # pyright: ignore[reportUnknownMemberType]
        if any(isinstance(event, yaml.AliasEvent) for event in events):
            raise UnreadableGraphError("it uses YAML aliases; write the parts out")
        values = yaml.load(text, Loader=_Loader)  # noqa: S506 (a SafeLoader with fewer types)
        # Through JSON, because YAML also knows keys that are no text.
        read = msgspec.json.decode(msgspec.json.encode(values), type=JourneyFile)
    except (yaml.YAMLError, msgspec.MsgspecError, RecursionError, ValueError, TypeError) as error:
        raise UnreadableGraphError(" ".join(str(error).split())) from None
    if not 0 < len(read.name.strip()) <= MAXIMUM_NAME:
        raise UnreadableGraphError(f"its name has 1 to {MAXIMUM_NAME} characters")
    return read


def write_file(
    name: str,
    description: str,
    tags: list[str],
    graph: Mapping[str, Any],
    tests: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Return the journey as canonical YAML: reading it gives the same journey, writing it again the same text."""
    written: dict[str, Any] = {"name": name, "description": description, "tags": tags}
    written |= {"tests": [dict(test) for test in tests]} if tests else {}
    written["graph"] = dict(graph)
    has_breaks = not _LINE_BREAKS.isdisjoint(msgspec.json.encode(written).decode())
    return yaml.safe_dump(written, sort_keys=False, allow_unicode=not has_breaks, width=100)
