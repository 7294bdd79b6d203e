"""What a field is and what fits it: pure."""

from typing import Any

import pytest

from percorso.contacts.fields.model import Field, FieldType, Labels, find_rival, fits, is_path, kind_of
from percorso.contacts.fields.standard import STANDARD
from percorso.reports.fields import find_faults, is_well_typed


def field(type_: FieldType, **more: Any) -> Field:
    return Field(path="x", labels=Labels(it="x", en="x"), type=type_, **more)


FITTING: list[tuple[FieldType, list[Any], list[Any]]] = [
    ("text", ["a", " "], [1, True, ["a"], {"a": 1}]),
    ("integer", [1, -3, 2.0], [1.5, "1", True]),
    ("decimal", [1, 1.5], ["1.5", True, [1]]),
    ("boolean", [True, False], [1, "true"]),
    ("date", ["2026-03-02"], ["2/3/2026", "2026-02-30", 20260302]),
    ("date-time", ["2026-03-02T09:00:00Z", "2026-03-02T09:00:00"], ["noon", 1]),
    ("email", ["a@b.example"], ["a@b", "nobody", 1]),
    ("url", ["https://b.example/x"], ["ftp://b", "b.example"]),
    ("phone", ["+39 02 1234567", "021234567"], ["call me", 21234567]),
    ("list", [["a", "b"]], ["a", [1], {"a": 1}]),
    ("object", [{"a": 1}], ["a", ["a"]]),
]


@pytest.mark.parametrize(("type_", "good", "bad"), FITTING)
def test_a_value_fits_its_type_or_is_ill_typed(type_: FieldType, good: list[Any], bad: list[Any]) -> None:
    assert [value for value in good if not is_well_typed(field(type_), value)] == []
    assert [value for value in bad if is_well_typed(field(type_), value)] == []


@pytest.mark.parametrize("type_", [type_ for type_, _, _ in FITTING])
def test_what_is_empty_fits_every_type(type_: FieldType) -> None:
    assert all(is_well_typed(field(type_), value) for value in (None, "", [], {}))


def test_a_date_in_its_own_format_fits_and_in_another_does_not() -> None:
    italian = field("date", format="dd/MM/yyyy")
    assert is_well_typed(italian, "02/03/2026")
    assert not is_well_typed(italian, "2026-03-02")
    assert is_well_typed(field("date", format="MM-dd"), "02-29")
    assert fits(italian, "anything"), "formats are not looked at here"


def test_what_is_missing_counts_where_it_is_required() -> None:
    fields = {"a": field("text", required=True), "b": field("integer", required=True), "c": field("text")}
    faults = find_faults(fields, {"a": "", "b": "x"})
    assert (faults.missing, faults.ill_typed) == (["a"], ["b"])


@pytest.mark.parametrize(
    ("path", "rival"),
    [
        ("a", None),
        ("address", "address.city"),
        ("address.city", "address.city"),
        ("address.city.x", "address.city"),
    ],
)
def test_a_path_within_a_field_or_around_one_goes_with_it_not(path: str, rival: str | None) -> None:
    assert find_rival(path, frozenset({"address.city", "b"})) == rival


@pytest.mark.parametrize(
    "path", ["", ".", "a.", ".a", "a..b", " a", "a. b", "x" * 201, ".".join("abcdefghijk"), "a\0b"]
)
def test_what_is_no_path(path: str) -> None:
    assert not is_path(path)


def test_standard_fields_are_named_by_paths_that_go_together() -> None:
    for path in STANDARD:
        assert is_path(path)
        assert find_rival(path, frozenset(STANDARD) - {path}) is None


def test_a_json_value_is_of_one_kind() -> None:
    values: list[Any] = [None, True, 1, 1.0, 1.5, "a", [], {}]
    assert [kind_of(value) for value in values] == [
        "null", "boolean", "integer", "integer", "decimal", "text", "list", "object",
    ]  # fmt: skip
