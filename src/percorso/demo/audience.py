"""The segments of the demo shop, through the public API: data, read as the workspace's language has it."""

from importlib import resources
from typing import Any, Final, cast

import msgspec
import yaml

from percorso.demo.client import Client
from percorso.demo.journeys import Language, localise

_REFERENCE: Final = "segment:"


class DemoSegment(msgspec.Struct, frozen=True):
    """A segment to be made. `definition` is JSON in which `segment:<key>` stands for one made before it."""

    key: str
    name: str
    definition: dict[str, Any]
    notes: str = ""
    tags: tuple[str, ...] = ()


def load_demo_segments(language: Language) -> tuple[DemoSegment, ...]:
    """Return the demo's segments, each after those that it refers to, named in `language`."""
    text = resources.files("percorso.demo").joinpath("audience.yaml").read_text(encoding="utf-8")
    return msgspec.convert(localise(yaml.safe_load(text), language), tuple[DemoSegment, ...])


async def publish_segments(client: Client, language: Language = "it") -> None:
    """Make the segments, unless the workspace has some: what was changed or deleted stays as it is."""
    if (await client.get("/api/v1/segments"))["items"]:
        return
    made: dict[str, str] = {}
    for segment in load_demo_segments(language):
        body = {
            "name": segment.name,
            "notes": segment.notes,
            "tags": segment.tags,
            "definition": refer(segment.definition, made),
        }
        answer = await client.post("/api/v1/segments", body, key=f"demo/segment/{segment.key}")
        made[segment.key] = answer["id"]


def refer(value: Any, ids: dict[str, str]) -> Any:
    """Return a definition with the ids of segments for their keys."""
    if isinstance(value, dict):
        return {key: refer(item, ids) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [refer(item, ids) for item in cast("list[Any]", value)]
    if isinstance(value, str) and value.startswith(_REFERENCE):
        return ids[value.removeprefix(_REFERENCE)]
    return value
