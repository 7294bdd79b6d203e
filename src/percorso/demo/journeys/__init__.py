"""The three journeys of the demo shop, with their messages: data, read as the workspace's language has it.

A text written as `{it: …, en: …}` becomes the one of the workspace; messages themselves speak the contact's
language. Graphs name messages as `template:<key>` and pools as `pool:<key>`: `percorso.journeys.portable`
puts the ids in once both exist.
"""

from functools import cache
from importlib import resources
from typing import Any, Final, Literal

import msgspec
import yaml

from percorso.journeys.preconfigured import Language, localise

_FILES: Final = ("welcome", "abandoned-cart", "milan")


class DemoTemplate(msgspec.Struct, frozen=True):
    """A message to be made as a template; `html` and `subject` are empty for SMS."""

    key: str
    name: str
    kind: Literal["email", "sms"]
    subject: str = ""
    html: str = ""
    body: str = ""


class DemoJourney(msgspec.Struct, frozen=True):
    """A journey to be made. `pools` are the names of coupon pools by key; `graph` is JSON with references."""

    key: str
    name: str
    description: str
    tags: tuple[str, ...]
    templates: tuple[DemoTemplate, ...]
    graph: dict[str, Any]
    pools: dict[str, str] = {}


def load_demo_journeys(language: Language) -> tuple[DemoJourney, ...]:
    """Return the demo's journeys: welcome series, abandoned cart, Milan coupon; named in `language`."""
    return tuple(_load(key, language) for key in _FILES)


@cache
def _load(key: str, language: Language) -> DemoJourney:
    read = localise(yaml.safe_load(_read(f"{key}.yaml")), language)
    layout = _read("layout.html")
    templates: list[DemoTemplate] = []
    for name, given in read.pop("templates").items():
        if "html" in given:
            given["html"] = layout.replace("[[content]]", given["html"].strip())
        templates.append(msgspec.convert({"key": name, **given}, DemoTemplate))
    return msgspec.convert({"key": key, "templates": templates, **read}, DemoJourney, from_attributes=True)


def _read(name: str) -> str:
    return resources.files("percorso.demo.journeys").joinpath(name).read_text(encoding="utf-8")
