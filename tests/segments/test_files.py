"""Segments as files: what is written is read again, and names stand for segments."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from percorso.segments.codec import convert_definition
from percorso.segments.faults import DefinitionError
from percorso.segments.files import parse_file, resolve_names, write_file
from percorso.segments.model import Segment
from percorso.segments.order import find_circle, list_references, sort_by_reference
from tests.worker.segments import filter_of, text_is

MILAN, VIP, BOTH = UUID(int=1), UUID(int=2), UUID(int=3)
NAMES = {MILAN: "Milano", VIP: "VIP", BOTH: "Both"}
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def segment(definition: dict[str, object]) -> Segment:
    return Segment(
        id=BOTH,
        workspace_id=UUID(int=9),
        name="Both",
        notes="è",
        tags=("a",),
        enabled=True,
        definition=convert_definition(definition),
        revision=1,
        created_at=NOW,
        modified_at=NOW,
    )


@pytest.mark.parametrize(
    "definition",
    [
        filter_of(text_is("city", "Milano")),
        filter_of({"kind": "not", "condition": {"kind": "membership", "of": "segment", "id": str(VIP)}}),
        {
            "kind": "combination",
            "first": str(MILAN),
            "then": [{"operator": "except", "segmentId": str(VIP)}],
        },
    ],
)
def test_what_is_written_is_read_again(definition: dict[str, object]) -> None:
    written = segment(definition)
    text = write_file(written, NAMES)
    assert str(VIP) not in text
    read = parse_file(text)
    assert (
        resolve_names(read.definition, {name.lower(): id for id, name in NAMES.items()}) == written.definition
    )
    assert (read.name, read.notes, read.tags, read.enabled) == ("Both", "è", ("a",), True)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "name: x", "name: ''\ndefinition: {}", "a: &a [1]\nb: *a", "name: x\ndefinition: {}\nmore: 1"],
)
def test_what_is_no_segment_is_refused_in_words(text: str) -> None:
    with pytest.raises(DefinitionError, match="does not define a segment"):
        parse_file(text)


def test_a_segment_comes_after_those_that_it_refers_to() -> None:
    references = {BOTH: (MILAN, VIP), MILAN: (VIP,), VIP: ()}
    assert sort_by_reference(references) == [VIP, MILAN, BOTH]
    long = {UUID(int=number): (UUID(int=number + 1),) for number in range(5_000)}
    assert sort_by_reference(long)[0] == UUID(int=4_999)


def test_a_circle_is_found_with_its_way() -> None:
    assert find_circle(MILAN, {MILAN: (VIP,), VIP: (BOTH,), BOTH: (MILAN,)}) == (MILAN, VIP, BOTH)
    assert find_circle(MILAN, {MILAN: (MILAN,)}) == (MILAN,)
    assert find_circle(MILAN, {MILAN: (VIP,), VIP: ()}) == ()
    combined = convert_definition({"kind": "combination", "first": str(MILAN), "then": []})
    assert list_references(combined) == (MILAN,)
