"""What a preview of publishing was made on, as a text that its reader hands back; and what has changed since. Pure.

The text says nothing that the preview did not: who stood where, and a hash of the graph. It is asked for, never obeyed.
"""

import base64
import hashlib
from collections.abc import Mapping

import msgspec

from percorso.journeys.errors import UnreadablePreviewError
from percorso.journeys.graph import Graph
from percorso.journeys.people.standing import Place


class Basis(msgspec.Struct, frozen=True):
    """The graph that was previewed, by its hash, and how many stood at each step of each version."""

    graph: str
    people: tuple[tuple[int, str, int], ...]


class ChangedSince(msgspec.Struct, frozen=True):
    """How many stood at a step of a version when the preview was made, and how many do now."""

    version: int
    step: str
    before: int
    now: int


def make_basis(graph: Graph, people: Mapping[Place, int]) -> Basis:
    """Return what a preview of this graph was made on; people in the order of version and step."""
    standing = sorted((place.version, place.step, count) for place, count in people.items())
    return Basis(hashlib.sha256(msgspec.json.encode(graph)).hexdigest(), tuple(standing))


def write_basis(basis: Basis) -> str:
    """Return the text that stands for it in the API."""
    return base64.urlsafe_b64encode(msgspec.json.encode(basis)).decode()


def read_basis(text: str) -> Basis:
    """Return what was written; raises UnreadablePreviewError."""
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text), type=Basis)
    except (ValueError, msgspec.MsgspecError):
        raise UnreadablePreviewError from None


def list_changed(before: Basis, now: Basis) -> list[ChangedSince]:
    """Return where another number stands now than when the preview was made, by version and step."""
    then = {(version, step): count for version, step, count in before.people}
    there = {(version, step): count for version, step, count in now.people}
    return [
        ChangedSince(version, step, then.get((version, step), 0), there.get((version, step), 0))
        for version, step in sorted({*then, *there})
        if then.get((version, step), 0) != there.get((version, step), 0)
    ]
