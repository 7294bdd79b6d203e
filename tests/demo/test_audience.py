"""The demo's segments are such as the API takes, in both languages."""

import pytest

from percorso.conditions.check import check_condition
from percorso.demo.audience import load_demo_segments, refer
from percorso.demo.journeys import Language
from percorso.kit.ids import derive_id
from percorso.segments.codec import convert_definition
from percorso.segments.trees import to_condition


@pytest.mark.parametrize("language", ["it", "en"])
def test_each_segment_can_be_made_after_those_that_it_refers_to(language: Language) -> None:
    made: dict[str, str] = {}
    names: set[str] = set()
    for segment in load_demo_segments(language):
        check_condition(to_condition(convert_definition(refer(segment.definition, made))))
        made[segment.key] = str(derive_id("segment", segment.key))
        names.add(segment.name)
    assert len(names) == len(made) == 5


def test_the_languages_differ_in_words_alone() -> None:
    italian, english = load_demo_segments("it"), load_demo_segments("en")
    assert [segment.definition for segment in italian] == [segment.definition for segment in english]
    assert not {segment.name for segment in italian} & {segment.name for segment in english}
