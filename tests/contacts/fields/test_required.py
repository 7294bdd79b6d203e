"""Which required fields a write would leave empty."""

import pytest

from percorso.contacts.fields.model import Field, Labels
from percorso.contacts.fields.required import list_lacking, list_required

WORDS = Labels(it="Campo", en="Field")


def test_a_default_is_never_missing() -> None:
    fields = {
        "a": Field(path="a", labels=WORDS, type="text", required=True),
        "b": Field(path="b", labels=WORDS, type="text", required=True, default="x"),
        "c": Field(path="c", labels=WORDS, type="text"),
    }
    assert list_required(fields) == ("a",)


@pytest.mark.parametrize(
    ("given", "clear", "is_new", "lacking"),
    [
        ({"address.city": "Roma"}, (), True, []),
        ({}, (), True, ["address.city"]),
        ({}, (), False, []),
        ({"address.city": ""}, (), True, ["address.city"]),
        ({"address.city": ""}, (), False, ["address.city"]),
        ({"address.city": 0}, (), True, []),
        ({"address.zip": "00100"}, (), True, ["address.city"]),
        ({"address.zip": "00100"}, (), False, []),
        ({"address": "Roma"}, (), False, ["address.city"]),
        ({}, ("address.city",), False, ["address.city"]),
        ({}, ("address",), False, ["address.city"]),
        ({"address.city.name": "Roma"}, (), True, []),
    ],
)
def test_what_a_change_leaves_empty(
    given: dict[str, object], clear: tuple[str, ...], is_new: bool, lacking: list[str]
) -> None:
    assert list_lacking(("address.city",), set=given, clear=clear, is_new=is_new) == lacking
