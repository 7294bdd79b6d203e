"""Attributes by column are what the paths find, whatever stands in them."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from percorso.contacts.attributes import find_value
from percorso.imports.attribute_columns import AttributeColumns

_NAMES = st.sampled_from(["a", "b", "f0", "f1", "città", "first name", 'quo"ted', "back\\slash", "tab\t"])
_PATHS = st.lists(st.lists(_NAMES, min_size=1, max_size=3).map(".".join), unique=True, min_size=1, max_size=6)
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=8,
)


def read(paths: list[str], documents: list[str]) -> list[list[Any]]:
    columns = AttributeColumns(paths)
    return columns.read([msgspec.json.decode(document, type=columns.shape) for document in documents])


def _is_same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


@given(paths=_PATHS, people=st.lists(st.dictionaries(_NAMES, _VALUES, max_size=5), max_size=4))
def test_a_column_holds_what_its_path_finds(paths: list[str], people: list[dict[str, Any]]) -> None:
    documents = [msgspec.json.encode(person).decode() for person in people]
    found_columns = read(paths, documents)
    assert len(found_columns) == len(paths)
    for path, column in zip(paths, found_columns, strict=True):
        found = [find_value(msgspec.json.decode(document), path) for document in documents]
        expected = [None if value is msgspec.UNSET else value for value in found]
        assert all(_is_same(*pair) for pair in zip(column, expected, strict=True)), (path, column, expected)


def test_a_path_below_another_leaves_that_one_whole() -> None:
    columns = read(["address", "address.city"], ['{"address": {"city": "Bari", "zip": "1"}}', "{}"])
    assert columns == [[{"city": "Bari", "zip": "1"}, None], ["Bari", None]]


def test_paths_deeper_than_any_shape_are_found() -> None:
    deep = ".".join("x" * 40)
    document = "".join('{"x":' for _ in range(40)) + "7" + "}" * 40
    assert read([deep, "x"], [document])[0] == [7]
