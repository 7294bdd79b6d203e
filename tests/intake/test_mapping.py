"""Foreign names into ours; and the published table says what the code does."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from percorso.intake.mapping import UnmappableError, map_event, map_properties, map_traits
from percorso.intake.vocabulary import ADDED, EVENTS, PROPERTIES, RESERVED, TRAITS

PRODUCT = {"product_id": "p", "image_url": "i", "url": "l", "brand": "b", "category": "c", "sku": "s"}
OURS = {"id": "p", "imageUrl": "i", "linkUrl": "l", "vendor": "b", "category": ["c"], "sku": "s"}


@pytest.mark.parametrize(
    ("name", "properties", "ours", "mapped"),
    [
        ("Product Viewed", PRODUCT, "viewedProduct", OURS),
        ("Order Refunded", {"order_id": "o"}, "completedOrder", {"type": "return", "orderId": "o"}),
        ("Order Completed", {"type": "sale-return"}, "completedOrder", {"type": "sale-return"}),
        ("Products Searched", {"query": "shoes"}, "searched", {"keyword": "shoes"}),
        ("Checkout Started", {"order_id": "o"}, "genericActiveEvent", {"order_id": "o", "name": "Checkout Started"}),
        ("completedOrder", {"revenue": 1, "amount": {"revenue": 2}}, "completedOrder",
         {"revenue": 1, "amount": {"revenue": 2}}),
        ("completedOrder", {"revenue": 1, "amount": "odd"}, "completedOrder", {"revenue": 1, "amount": "odd"}),
        ("completedOrder", {"revenue": 1, "amount": {"tax": 2}}, "completedOrder", {"amount": {"tax": 2, "revenue": 1}}),
        ("abandonedCart", {"products": [PRODUCT, "odd"]}, "abandonedCart", {"products": [OURS, "odd"]}),
        ("viewedProduct", {"category": ["a", "b"]}, "viewedProduct", {"category": ["a", "b"]}),
        ("My Event", PRODUCT, "My Event", PRODUCT),
    ],
)  # fmt: skip
def test_an_event_is_told_in_our_words(
    name: str, properties: dict[str, Any], ours: str, mapped: dict[str, Any]
) -> None:
    before = repr(properties)
    told, given_properties, original = map_event(name, properties)
    assert (told, given_properties) == (ours, mapped)
    changed = (name, properties) != (ours, mapped)
    assert original == ({"event": name, "properties": properties} if changed else None)
    assert repr(properties) == before


_VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)
_KEYS = st.sampled_from(
    sorted({key for renames in PROPERTIES.values() for key in renames} | {"amount", "products", "x"})
)


@given(st.sampled_from(sorted(PROPERTIES)), st.dictionaries(_KEYS, _VALUES, max_size=5))
@example("abandonedCart", {"amount": None, "currency": None})
def test_mapping_twice_is_mapping_once_and_loses_no_value(name: str, properties: dict[str, Any]) -> None:
    once = map_properties(name, properties)
    assert map_properties(name, once) == once
    assert sorted(leaves(once)) == sorted(leaves(properties))


def leaves(value: Any) -> list[str]:
    if isinstance(value, dict) and value:
        return [leaf for item in value.values() for leaf in leaves(item)]
    if isinstance(value, list) and value:
        return [leaf for item in value for leaf in leaves(item)]
    return [repr(value)]


def test_traits_are_taken_apart_so_that_what_is_not_named_stays() -> None:
    traits = {
        "first_name": "Ada",
        "address": {"city": "Rome", "state": "RM", "geo": {}},
        "gone": None,
        "tags": [1],
    }
    assert map_traits(traits) == (
        {
            "firstName": "Ada",
            "address.city": "Rome",
            "address.province": "RM",
            "address.geo": {},
            "tags": [1],
        },
        ["gone"],
    )


def test_our_name_of_a_trait_wins_over_a_foreign_one() -> None:
    for traits in ({"first_name": "A", "firstName": "B"}, {"firstName": "B", "first_name": "A"}):
        assert map_traits(traits) == ({"firstName": "B"}, [])


@pytest.mark.parametrize(
    "traits", [{"": 1}, {"a": {"": 1}}, {"a.": 1}, {"x" * 201: 1}, {"a": {"x" * 199: 1}}]
)
def test_a_trait_without_a_usable_name_is_refused(traits: dict[str, Any]) -> None:
    with pytest.raises(UnmappableError):
        map_traits(traits)


def test_the_published_table_is_what_the_code_does() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "tracking.md").read_text(encoding="utf-8")
    rows = {tuple(re.findall(r"`([^`]+)`", line)) for line in page.splitlines() if line.startswith("| `")}
    events = {(foreign, ours, *(f"{key}: {value}" for key, value in ADDED.get(foreign, {}).items()))
              for foreign, ours in EVENTS.items()}  # fmt: skip
    properties = {
        (foreign, path, *sorted(name for name, table in PROPERTIES.items() if table.get(foreign) == path))
        for renames in PROPERTIES.values()
        for foreign, path in renames.items()
    }
    traits = set(TRAITS.items())
    assert rows == events | properties | traits
    listed = re.search(r"Reserved names: (.*)\.", page)
    assert listed is not None
    assert set(re.findall(r"`([^`]+)`", listed[1])) == RESERVED
