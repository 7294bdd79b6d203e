"""What each test says of one contact: the law of missing values, texts, numbers, dates, lists."""

from datetime import UTC, datetime
from typing import Any

import pytest

from percorso.conditions import compile_condition, explain
from percorso.conditions.model import All, AnyOf, Attribute, Captured, EventProperty, Not, Verdict
from percorso.conditions.operators import OPERATORS
from tests.conditions.generate import ABSENT, CLASSES, Generator, fits_format
from tests.conditions.subjects import make_test, subject


def holds(value: Any, type: Any, operator: str, *operands: Any, **options: Any) -> bool:
    moment = {key: options.pop(key) for key in ("now", "time_zone") if key in options}
    attributes = {} if value is ABSENT else {"x": value}
    return compile_condition(make_test(type, operator, *operands, **options))(subject(attributes, **moment))


@pytest.mark.parametrize("type", [type for type in OPERATORS if type != "any"])
@pytest.mark.parametrize("missing", [ABSENT, None])
def test_a_missing_value_makes_a_comparison_false_and_its_not_form_true(type: Any, missing: Any) -> None:
    generator = Generator(7)
    for operator, meaning in OPERATORS[type].items():
        for _ in range(50):
            test = generator.test(type, operator, "attribute", {}, None)
            if "items" in test.path or test.source == "captured":
                continue
            attributes = {} if missing is ABSENT else {"value": missing, "deep": {"er": {"value": missing}}}
            attributes["other"] = generator.of_class("value", type, None)
            assert compile_condition(test)(subject(attributes)) is (meaning.negates is not None), test


def test_null_and_empty_are_told_of_deep_listed_and_captured_values() -> None:
    who = subject({"a": {"b": None}, "items": [{"id": None}], "none": None}, captured={"c": None, "d": ""})
    expected = {
        "a.b": "is_empty",
        "a.c": "is_null",
        "a.b.c": "is_null",
        "none": "is_empty",
        "none[]": "is_null",
    }
    expected |= {"items[].id": "is_empty", "x[].id": "is_null"}
    for path, operator in expected.items():
        for tried in ("is_null", "is_empty"):
            assert compile_condition(make_test("any", tried, path=path))(who) is (tried == operator), path
    for name, operator in {"c": "is_empty", "d": "is_empty", "e": "is_null"}.items():
        for tried in ("is_null", "is_empty"):
            test = make_test("any", tried, path=name, source="captured")
            assert compile_condition(test)(who) is (tried == operator), name


def test_every_not_form_is_the_opposite_of_its_positive_form() -> None:
    generator = Generator(11)
    for type, operators in OPERATORS.items():
        for operator, meaning in operators.items():
            if meaning.negates is None:
                continue
            for name in CLASSES:
                captured: dict[str, Any] = {}
                test = generator.test(type, operator, "attribute", captured, None)
                if not fits_format(type, operator, None):
                    continue
                positive = make_test(
                    type, meaning.negates, *test.operands, path=test.path, source=test.source
                )
                who = subject(generator.properties(name, type, None), captured=captured)
                negative = make_test(type, operator, *test.operands, path=test.path, source=test.source)
                assert compile_condition(negative)(who) is not compile_condition(positive)(who)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (ABSENT, (True, False)),
        *((value, (False, True)) for value in (None, "", [], {})),
        *((value, (False, False)) for value in (0, False, " ", [None], "x")),
    ],
)
def test_never_set_is_null_and_cleared_is_empty(value: Any, expected: tuple[bool, bool]) -> None:
    assert (holds(value, "any", "is_null"), holds(value, "any", "is_empty")) == expected


@pytest.mark.parametrize(
    ("value", "operator", "operand", "expected"),
    [
        (99.99, "at_least", 100, False),
        (100, "at_least", 100, True),
        (100.0, "equals", 100, True),
        (0.1 + 0.2, "equals", 0.3, False),
        (0.3, "equals", 0.3, True),
        (1e23, "equals", 10**23, True),
        (2**53 + 1, "more_than", float(2**53), True),
        (9007199254740992.0, "less_than", 2**53 + 1, True),
        (True, "equals", 1, False),
        ("100", "at_least", 1, False),
    ],
)
def test_numbers_compare_as_decimals(value: Any, operator: str, operand: Any, expected: bool) -> None:
    assert holds(value, "number", operator, operand) is expected


@pytest.mark.parametrize(
    ("value", "mark", "expected"),
    [
        ("99.99", ".", True),
        ("99,99", ",", True),
        ("99,99", ".", False),
        (99.99, ",", True),
        ("1.099,99", ",", False),
        ("+99.990", ".", True),
        ("99.99 ", ".", False),
        ("٩٩.٩٩", ".", False),
        ("", ".", False),
    ],
)
def test_a_number_is_read_from_text_only_where_that_is_declared(
    value: Any, mark: str, expected: bool
) -> None:
    assert holds(value, "number", "equals", 99.99, format=mark) is expected
    assert holds(value, "number", "equals", 99.99) is (value == 99.99)


@pytest.mark.parametrize(
    ("value", "operator", "operand", "expected"),
    [
        ("ROSSI", "equals", "rossi", True),
        ("PERCHÉ", "equals", "perché", True),
        ("Straße", "equals", "STRASSE", False),
        ("İ", "equals", "i", True),
        ("ΣΑΣ", "equals", "σασ", True),
        ("Rossi", "starts_with", "RO", True),
        ("Rossi", "ends_with", "SSI", True),
        ("Rossi", "contains", "SS", True),
        ("Rossi", "contains", "", True),
        ("Rossi", "one_of", ["bianchi", "ROSSI"], True),
        ("Rossi", "one_of", "ROSSI", True),
        ("Rossi", "not_one_of", [], True),
        (12, "equals", "12", False),
    ],
)
def test_texts_compare_whatever_their_case(value: Any, operator: str, operand: Any, expected: bool) -> None:
    assert holds(value, "text", operator, operand) is expected


def test_case_matters_when_asked() -> None:
    assert not holds("Rossi", "text", "equals", "rossi", case_sensitive=True)
    assert not holds(["Top"], "list", "contains_any", ["top"], case_sensitive=True)
    assert not holds("Rossi", "text", "like", "r%", case_sensitive=True)
    assert holds("Rossi", "text", "one_of", ["Rossi"], case_sensitive=True)


@pytest.mark.parametrize(
    ("value", "operator", "operand", "expected"),
    [
        (["Top", "new"], "contains_any", ["TOP", "old"], True),
        (["Top", "new"], "contains_any", "top", True),
        (["Top", "new"], "contains_all", ["top", "NEW"], True),
        (["Top", "new"], "contains_all", ["top", "old"], False),
        (["Top"], "contains_none", ["old"], True),
        ([1, True, "1"], "contains_all", [1.0, True, "1"], True),
        ([1], "contains_any", [True, "1"], False),
        ("top", "contains_any", ["top"], False),
        ([], "contains_all", [], True),
        ([1, 2], "length_at_least", 2, True),
        ([], "length_equals", 0, True),
    ],
)
def test_lists_compare_by_their_items(value: Any, operator: str, operand: Any, expected: bool) -> None:
    assert holds(value, "list", operator, operand) is expected


def test_a_path_with_brackets_reads_one_value_of_each_item() -> None:
    products = [
        {"sku": "A", "category": ["shoes"]},
        {"sku": "B", "category": ["hats", "wool"]},
        {"sku": None},
        3,
    ]
    who = subject(event={"products": products})
    for path, operator, operand, expected in (
        ("products[].sku", "length_equals", 2, True),
        ("products[].sku", "contains_any", ["b"], True),
        ("products[].category[]", "contains_all", ["SHOES", "wool"], True),
        ("products[].category", "contains_any", ["shoes"], False),
        ("products[]", "length_equals", 4, True),
    ):
        assert (
            compile_condition(make_test("list", operator, operand, path=path, source="event"))(who)
            is expected
        )
    assert not compile_condition(make_test("list", "length_at_least", 0, path="a[].b"))(
        subject({"a": {"b": 1}})
    )


def test_the_right_side_may_be_captured_an_attribute_or_a_property() -> None:
    who = subject(
        {"code": "abc1", "last": 80}, event={"coupon": "ABC1", "revenue": 99.5}, captured={"first": 100}
    )
    coupon = make_test("text", "equals", Attribute("code"), path="coupon", source="event")
    less = make_test("number", "less_than", Captured("first"), path="revenue", source="event")
    more = make_test("number", "more_than", Attribute("last"), path="revenue", source="event")
    own = make_test("number", "at_most", EventProperty("revenue"), path="last")
    missing = make_test("number", "at_most", Captured("second"), path="last")
    assert [compile_condition(test)(who) for test in (coupon, less, more, own, missing)] == [True] * 4 + [
        False
    ]


def test_trees_join_with_and_or_not() -> None:
    yes, no = make_test("any", "is_null", path="a"), make_test("any", "is_not_null", path="a")
    for tree, expected in (
        (All(()), True),
        (AnyOf(()), False),
        (All((yes, no)), False),
        (AnyOf((no, yes)), True),
        (Not(AnyOf((no, no))), True),
        (All((yes, Not(no), AnyOf((yes,)))), True),
    ):
        assert compile_condition(tree)(subject()) is expected


def test_an_explanation_says_every_test_with_what_it_read() -> None:
    left = make_test("number", "at_least", Captured("least"), path="amount.revenue", source="event")
    right = make_test("text", "equals", "F", path="gender")
    who = subject({"gender": "m"}, event={"amount": {"revenue": 120}}, captured={"least": 100})
    found = explain(All((right, Not(left))), who)
    assert found.holds is False
    assert found.verdicts == (Verdict(right, "m", ("F",), False), Verdict(left, 120, (100,), True))


MIDNIGHT = datetime(2025, 3, 1, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "operator", "amount", "unit", "expected"),
    [
        ("2025-02-22T12:00:01Z", "less_than_before_now", 7, "days", True),
        ("2025-02-22T12:00:00Z", "less_than_before_now", 7, "days", False),
        ("2025-03-01T12:00:00Z", "less_than_before_now", 7, "days", True),
        ("2025-03-01T12:00:01Z", "less_than_before_now", 7, "days", False),
        ("2025-02-22T11:59:59Z", "more_than_before_now", 7, "days", True),
        ("2025-02-21T23:30:00Z", "exactly_before_now", 7, "days", True),
        ("2025-02-22T23:30:00Z", "exactly_before_now", 7, "days", False),
        ("2025-03-01T10:00:00Z", "exactly_before_now", 2, "hours", True),
        ("2025-03-01T09:00:01Z", "exactly_before_now", 2, "hours", True),
        ("2025-03-01T09:00:00Z", "exactly_before_now", 2, "hours", False),
        ("2025-03-08T11:59:59Z", "less_than_after_now", 1, "weeks", True),
        ("2025-03-08T12:00:00Z", "less_than_after_now", 1, "weeks", False),
        ("2025-04-01T11:00:01Z", "more_than_after_now", 1, "months", True),
        ("2025-04-01T11:00:00Z", "more_than_after_now", 1, "months", False),
    ],
)
def test_moments_are_judged_by_amounts_of_time_from_now(
    value: str, operator: str, amount: int, unit: str, expected: bool
) -> None:
    assert holds(value, "datetime", operator, amount, unit=unit) is expected


@pytest.mark.parametrize(
    ("value", "operator", "amount", "unit", "expected"),
    [
        ("2025-03-02", "exactly_before_now", 0, "days", True),
        ("2025-02-23", "exactly_before_now", 1, "weeks", True),
        ("2025-02-02", "exactly_before_now", 1, "months", True),
        ("2024-03-02", "exactly_before_now", 1, "years", True),
        ("2025-02-24", "less_than_before_now", 7, "days", True),
        ("2025-02-23", "less_than_before_now", 7, "days", False),
        ("2025-02-22", "more_than_before_now", 7, "days", True),
        ("2025-03-05", "less_than_after_now", 3, "days", False),
        ("2025-03-06", "more_than_after_now", 3, "days", True),
    ],
)
def test_dates_are_judged_from_today_in_the_subjects_zone(
    value: str, operator: str, amount: int, unit: str, expected: bool
) -> None:
    assert holds(value, "date", operator, amount, unit=unit, now=MIDNIGHT) is expected


@pytest.mark.parametrize(
    ("value", "today", "expected"),
    [
        ("1992-02-29", datetime(2025, 2, 28, 12, tzinfo=UTC), True),
        ("1992-02-29", datetime(2024, 2, 28, 12, tzinfo=UTC), False),
        ("1992-02-29", datetime(2024, 2, 29, 12, tzinfo=UTC), True),
        ("1992-02-29", datetime(2100, 2, 28, 12, tzinfo=UTC), True),
        ("1992-02-29", datetime(2025, 3, 1, 12, tzinfo=UTC), False),
        ("1980-02-28", datetime(2025, 2, 28, 12, tzinfo=UTC), True),
        ("1980-03-01", datetime(2025, 2, 28, 23, 30, tzinfo=UTC), True),
    ],
)
def test_an_anniversary_is_day_and_month_and_29_february_is_honoured_on_the_28th(
    value: str, today: datetime, expected: bool
) -> None:
    assert holds(value, "date", "is_anniversary", now=today) is expected
    assert holds(f"{value[8:]}/{value[5:7]}", "date", "is_anniversary", format="dd/MM", now=today) is expected


def test_a_moment_is_on_the_day_that_it_has_in_the_zone() -> None:
    value = "2025-03-01T23:30:00Z"
    assert holds(value, "datetime", "on", "2025-03-02")
    assert holds(value, "datetime", "on", "2025-03-01", time_zone="America/New_York")
    assert holds(value, "datetime", "day_equals", 2)
    assert holds(value, "datetime", "month_equals", 3)
    assert holds(value, "datetime", "year_equals", 2025.0)
    assert holds(value, "datetime", "between", "2025-03-01T23:30:00Z", "2025-03-02T00:30:00+01:00")


def test_a_local_time_that_occurs_twice_is_the_first() -> None:
    assert holds("2025-10-26T02:30:00", "datetime", "before", "2025-10-26T02:30:01+02:00")
    assert holds("2025-03-30 02:30", "datetime", "after", "2025-03-30T03:29:59+02:00")


@pytest.mark.parametrize(
    ("value", "format", "expected"),
    [
        ("10/05/2024", "dd/MM/yyyy", True),
        ("10.5.2024", "d.M.yyyy", True),
        ("20240510", "YYYYMMDD", True),
        ("2024-05-10T10:00:00+02:00", "YYYY-MM-DDThh:mm:ssTZD", True),
        ("31/02/2024", "dd/MM/yyyy", False),
        ("10/05/24", "dd/MM/yyyy", False),
        (20240510, "YYYYMMDD", False),
    ],
)
def test_dates_are_read_in_their_declared_format(value: Any, format: str, expected: bool) -> None:
    assert holds(value, "date", "on", "2024-05-10", format=format) is expected
