"""What a strict workspace accepts: known events by their types, declared ones by their schema. Pure."""

from typing import Any

import pytest

from percorso.contacts.events.errors import SchemaError
from percorso.contacts.events.known import KNOWN
from percorso.contacts.events.labels_en import LABELS as ENGLISH
from percorso.contacts.events.labels_it import LABELS as ITALIAN
from percorso.contacts.events.model import Accepted
from percorso.contacts.events.schemas import Checker, check_schema
from percorso.intake.vocabulary import EVENTS

SIZE = {"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]}


def test_every_known_event_has_a_name_in_both_languages() -> None:
    assert ITALIAN.keys() == ENGLISH.keys() == KNOWN.keys()


def test_every_foreign_name_becomes_a_known_event() -> None:
    assert set(EVENTS.values()) - KNOWN.keys() == set()


@pytest.mark.parametrize(
    ("name", "properties"),
    [
        (
            "completedOrder",
            {"orderId": 7, "amount": {"total": "12.50", "revenue": 12}, "products": [{"price": 1}]},
        ),
        ("completedOrder", {"anything": {"else": [1]}, "coupon": None}),
        ("viewedProduct", {"id": "a", "category": ["x"]}),
        ("loggedIn", {}),
        ("tried", {"size": 3, "more": True}),
        ("tasted", {"whatever": None}),
    ],
)
def test_what_fits_is_accepted(name: str, properties: dict[str, Any]) -> None:
    accepted = Accepted({"tried": Checker(SIZE), "tasted": None})
    assert accepted.find_refusal(name, properties) is None


@pytest.mark.parametrize(
    ("name", "properties", "code", "said"),
    [
        ("guessed", {}, "unknown_event", "Nobody declared the event guessed."),
        ("completedOrder", {"amount": "much"}, "ill_typed_event", "amount: "),
        ("completedOrder", {"amount": {"total": "much"}}, "ill_typed_event", "amount.total: "),
        ("completedOrder", {"products": [{"price": []}]}, "ill_typed_event", "products.0.price: "),
        ("searched", {"keyword": ["a"]}, "ill_typed_event", "keyword: "),
        ("tried", {"size": "large"}, "ill_typed_event", "size: "),
        ("tried", {}, "ill_typed_event", "properties: "),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(
    name: str, properties: dict[str, Any], code: str, said: str
) -> None:
    refusal = Accepted({"tried": Checker(SIZE)}).find_refusal(name, properties)
    assert refusal is not None
    assert refusal.code == code
    assert said in refusal.sentence


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "many"},
        {"$ref": "http://127.0.0.1:9/schema.json"},
        {"$ref": "file:///etc/passwd"},
        {"properties": {"a": {"pattern": "("}}},
        {"properties": {"a": {"pattern": "(a+)+b\\1"}}},
        {"enum": ["x" * 70_000]},
    ],
)
def test_what_is_no_usable_schema_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(SchemaError):
        check_schema(schema)


def test_a_schema_nested_too_deeply_is_refused() -> None:
    schema: dict[str, Any] = {}
    for _ in range(1_000):
        schema = {"not": schema}
    with pytest.raises(SchemaError, match="deeper"):
        check_schema(schema)


def test_a_pattern_that_would_run_away_does_not() -> None:
    checker = Checker({"properties": {"a": {"pattern": "^(a+)+$"}}})
    assert checker.find_fault({"a": "a" * 30_000 + "b"}) is not None
