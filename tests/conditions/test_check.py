"""What is wrong with a tree is said at once, in words; what is no tree is refused without harm."""

from typing import Any

import msgspec
import pytest

from percorso.conditions import (
    MAX_CONDITIONS,
    MAX_DEPTH,
    ConditionError,
    UnreadableTreeError,
    check_condition,
    compile_condition,
    compile_sql,
    convert_condition,
    decode_condition,
    encode_condition,
    list_faults,
    measure_json_depth,
)
from percorso.conditions.faults import PHRASES, SENTENCES
from percorso.conditions.model import (
    All,
    AnyOf,
    Attribute,
    Captured,
    Condition,
    EventProperty,
    Not,
    Test,
    Value,
)
from percorso.conditions.operators import OPERATORS
from tests.conditions.generate import NOWS, Generator
from tests.conditions.subjects import make_test

FINE = make_test("text", "equals", "x")


def codes(tree: Condition, **known: Any) -> list[tuple[str, str]]:
    return [(fault.code, fault.where) for fault in list_faults(tree, **known)]


@pytest.mark.parametrize(
    ("test", "code"),
    [
        (make_test("text", "equals", "x", path=""), "path_empty"),
        (make_test("text", "equals", "x", path="", source="captured"), "path_empty"),
        (make_test("text", "equals", "x", path="a..b"), "path_malformed"),
        (make_test("text", "equals", "x", path="a[0]"), "path_malformed"),
        (make_test("text", "equals", "x", path=".".join("a" * 11)), "path_too_deep"),
        (make_test("text", "equals", "x", path="a" * 301), "path_too_long"),
        (make_test("text", "equals", "x", path="a[].b"), "path_is_list"),
        (make_test("text", "equals", Attribute("a[].b")), "path_is_list"),
        (make_test("text", "equals", EventProperty("a..b")), "path_malformed"),
        (make_test("text", "equal", "x"), "operator_unknown"),
        (make_test("number", "between", 1), "operand_count"),
        (make_test("any", "is_null", 1), "operand_count"),
        (make_test("number", "equals", "1"), "operand_type"),
        (make_test("number", "equals", True), "operand_type"),
        (make_test("number", "equals", float("inf")), "operand_type"),
        (make_test("text", "equals", 1), "operand_type"),
        (make_test("text", "one_of", ["x", 1]), "operand_type"),
        (make_test("text", "like", "x\\"), "operand_type"),
        (make_test("text", "like", Captured("x")), "operand_not_constant"),
        (make_test("date", "on", "2025-02-29"), "operand_type"),
        (make_test("date", "on", "10/05/2024", format="dd/MM/yyyy"), "operand_type"),
        (make_test("datetime", "before", "2025-02-28"), "operand_type"),
        (make_test("list", "contains_any", [None]), "operand_type"),
        (make_test("list", "contains_any", {"a": 1}), "operand_type"),
        (make_test("date", "less_than_before_now", -1, unit="days"), "operand_type"),
        (make_test("date", "less_than_before_now", 1.5, unit="days"), "operand_type"),
        (make_test("date", "less_than_before_now", Attribute("n"), unit="days"), "operand_not_constant"),
        (make_test("date", "less_than_before_now", 101, unit="years"), "amount_too_large"),
        (make_test("date", "less_than_before_now", 10**20, unit="days"), "amount_too_large"),
        (make_test("date", "less_than_before_now", 1), "unit_missing"),
        (make_test("date", "less_than_before_now", 1, unit="hours"), "unit_too_small"),
        (make_test("date", "on", "2025-02-28", unit="days"), "unit_needless"),
        (make_test("text", "equals", "x", format="dd/MM"), "format_needless"),
        (make_test("number", "equals", 1, format="dd/MM"), "format_malformed"),
        (make_test("date", "is_anniversary", format="dd-yyyy"), "format_malformed"),
        (make_test("date", "is_anniversary", format="dd/MM/dd"), "format_malformed"),
        (make_test("date", "is_anniversary", format="dd/MMM"), "format_malformed"),
        (make_test("date", "is_anniversary", format="dd/MM/foo"), "format_malformed"),
        (make_test("date", "before", "2025-01-01", format="dd/MM"), "format_without_year"),
        (make_test("datetime", "is_anniversary", format="dd/MM/yyyy"), "format_without_time"),
        (make_test("text", "equals", "a\0b"), "text_not_storable"),
        (make_test("text", "one_of", ["a", "\ud800"]), "text_not_storable"),
        (make_test("text", "equals", "x", path="a\0"), "text_not_storable"),
    ],
)
def test_a_fault_is_named_and_keeps_the_tree_from_both_evaluators(test: Test, code: str) -> None:
    assert code in [fault.code for fault in list_faults(test)]
    for compile in (compile_condition, lambda tree: compile_sql(tree, now=NOWS[0], time_zone="UTC")):
        with pytest.raises(ConditionError) as raised:
            compile(All((FINE, Not(test))))  # pyright: ignore[reportArgumentType]
        assert code in [fault.code for fault in raised.value.faults]


def test_all_faults_are_said_at_once_with_where_they_are() -> None:
    tree = All(
        (make_test("text", "equal", "x"), Not(make_test("number", "equals", "x")), AnyOf((FINE, FINE)))
    )
    assert codes(tree) == [
        ("operator_unknown", "conditions.0"),
        ("operand_type", "conditions.1.condition.operands.0"),
    ]
    with pytest.raises(ConditionError, match=r'There is no test "equal" for text.*\n.*expects a number'):
        check_condition(tree)


def test_names_that_nothing_captures_are_faults_and_unknown_fields_are_warnings() -> None:
    tree = All(
        (
            make_test("text", "equals", Captured("code"), path="coupon", source="event"),
            make_test("text", "equals", "x", path="kode", source="captured"),
            make_test("text", "equals", Attribute("gender"), path="sex"),
        )
    )
    assert codes(tree) == []
    assert codes(tree, captured_names={"code"}) == [("captured_unknown", "conditions.1")]
    known = {("event", "coupon"), ("attribute", "gender")}
    assert codes(tree, known_paths=known) == [("path_unknown", "conditions.2")]
    check_condition(tree, known_paths=known)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("tree", "code", "where"),
    [
        (All(()), "always_true", ""),
        (AnyOf(()), "always_false", ""),
        (Not(AnyOf(())), "always_false", "condition"),
        (make_test("number", "between", 2, 1), "always_false", ""),
        (make_test("text", "one_of", []), "always_false", ""),
        (make_test("list", "contains_none", []), "always_true", ""),
        (make_test("text", "not_contains", ""), "always_false", ""),
        (All((FINE, make_test("text", "not_equals", "x"))), "always_false", ""),
        (AnyOf((FINE, make_test("text", "not_equals", "x"))), "always_true", ""),
        (All((FINE, make_test("text", "equals", "y"))), "always_false", ""),
        (All((make_test("number", "more_than", 5), make_test("number", "less_than", 5))), "always_false", ""),
        (All((make_test("number", "at_least", 5), make_test("number", "equals", 4))), "always_false", ""),
        (All((FINE, make_test("number", "equals", 4))), "always_false", ""),
    ],
)
def test_a_condition_without_effect_is_a_warning(tree: Condition, code: str, where: str) -> None:
    assert [(fault.code, fault.where, fault.severity) for fault in list_faults(tree)] == [
        (code, where, "warning")
    ]
    check_condition(tree)


@pytest.mark.parametrize(
    "tree",
    [
        FINE,
        All((FINE, make_test("text", "equals", "X"))),
        AnyOf((FINE, make_test("text", "equals", "y"))),
        All((make_test("number", "at_least", 5), make_test("number", "at_most", 5))),
        All((make_test("number", "at_least", 5), make_test("number", "at_most", 4, path="y"))),
    ],
)
def test_a_condition_with_effect_is_not_warned_about(tree: Condition) -> None:
    assert list_faults(tree) == ()


def test_every_fault_has_a_sentence_in_both_languages() -> None:
    assert all(english and italian and english != italian for english, italian in SENTENCES.values())
    assert all(english and italian and english != italian for english, italian in PHRASES.values())
    (fault,) = list_faults(make_test("number", "between", 2, 1))
    assert fault.say("it") == "Questa condizione non è mai vera: l'intervallo è vuoto."
    assert fault.message == "This condition is never true: the range is empty."


def test_at_most_100_conditions() -> None:
    assert list_faults(All((FINE,) * MAX_CONDITIONS)) == ()
    assert codes(All((FINE,) * (MAX_CONDITIONS + 1))) == [("too_many", "")]
    assert codes(All((FINE,) * 1_000_000)) == [("too_many", "")]


def nest(levels: int) -> Condition:
    tree: Condition = FINE
    for _ in range(levels):
        tree = Not(tree)
    return tree


def test_depth_is_bounded_in_words_before_anything_recurses() -> None:
    assert list_faults(nest(MAX_DEPTH)) == ()
    assert decode_condition(encode_condition(nest(MAX_DEPTH))) == nest(MAX_DEPTH)
    for levels in (MAX_DEPTH + 1, 1000, 100_000):
        assert codes(nest(levels)) == [("too_deep", "")]
    for text in ('{"kind":"not","condition":' * 1000 + "1" + "}" * 1000, "[" * 1_000_000):
        with pytest.raises(ConditionError, match="nested more than 20 levels"):
            decode_condition(text)
    deep: Any = {"kind": "and"}
    for _ in range(100_000):
        deep = {"kind": "not", "condition": deep}
    with pytest.raises(ConditionError, match="nested more than 20 levels"):
        convert_condition(deep)


@pytest.mark.parametrize(
    ("text", "depth"),
    [("1", 0), ('"[[{"', 0), ('"\\"[["', 0), ("[]", 1), ('{"a":[{}]}', 3), ("[[],[[]]]", 3), ("]][", 0)],
)
def test_depth_is_measured_outside_of_texts(text: str, depth: int) -> None:
    assert measure_json_depth(text) == max(depth, 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{",
        '{"kind":"xor","conditions":[]}',
        '{"kind":"and","conditions":{}}',
        '{"kind":"not"}',
        '{"kind":"and","conditions":[],"extra":1}',
        '{"kind":"test","source":"wallet","path":"x","type":"text","operator":"equals"}',
        '{"kind":"test","source":"attribute","path":"x","type":"colour","operator":"equals"}',
        '{"kind":"test","source":"attribute","path":1,"type":"text","operator":"equals"}',
        '{"kind":"test","source":"attribute","path":"x","type":"text","operator":"equals","case_sensitive":true}',
        b"\xff",
    ],
)
def test_what_is_no_tree_is_refused_in_words(text: str | bytes) -> None:
    with pytest.raises(UnreadableTreeError, match="This is not a condition"):
        decode_condition(text)


def test_a_tree_survives_json() -> None:
    generator = Generator(3)
    for type, operators in OPERATORS.items():
        for operator in operators:
            test = generator.test(type, operator, "event", {}, None)
            tree = generator.tree([test, FINE])
            assert decode_condition(encode_condition(tree)) == tree
            assert convert_condition(msgspec.json.decode(encode_condition(tree))) == tree
    assert encode_condition(Test("attribute", "a", "text", "equals", (Value("x"),), case_sensitive=True)) == (
        b'{"kind":"test","source":"attribute","path":"a","type":"text","operator":"equals",'
        b'"operands":[{"kind":"value","value":"x"}],"caseSensitive":true}'
    )
