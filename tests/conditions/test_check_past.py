"""What is wrong with a tree that looks back, in words; what is made to do harm is refused, or does none."""

import subprocess
import sys
from typing import Any

import msgspec
import pytest

from percorso.conditions import (
    MAX_CONDITIONS,
    ConditionError,
    UnreadableTreeError,
    compile_condition,
    compile_sql,
    convert_condition,
    decode_condition,
    encode_condition,
    explain,
    list_faults,
    list_needs,
)
from percorso.conditions.model import (
    Ago,
    All,
    Between,
    Captured,
    Condition,
    Consent,
    ConsentTest,
    FirstOrLast,
    Followed,
    Happened,
    IdentityTest,
    JourneyTest,
    Leaf,
    Membership,
    MessageScope,
    MessageTest,
    Not,
    Pattern,
    Period,
    Same,
    StatusTest,
    Subject,
    Value,
)
from percorso.db import Connection
from tests.conditions.generate import NOWS
from tests.conditions.histories import IDS, WINDOWS, Historian
from tests.conditions.population import WORKSPACE, ask_sql, fold_pasts, see, store_people
from tests.conditions.subjects import NOW, make_test, subject

ORDERS = Pattern(("completedOrder",))
PAID = make_test("boolean", "is_true", path="paid", source="event")
GROUP = Membership("group", IDS[0])


def codes(tree: Condition, **known: Any) -> list[tuple[str, str]]:
    return [(fault.code, fault.where) for fault in list_faults(tree, **known)]


@pytest.mark.parametrize(
    ("leaf", "code", "where"),
    [
        (Happened(Pattern(())), "events_missing", "pattern"),
        (Happened(Pattern(("",))), "name_malformed", "pattern"),
        (Happened(Pattern(("x" * 201,))), "name_malformed", "pattern"),
        (Happened(Pattern(("x\0",))), "text_not_storable", "pattern"),
        (Happened(Pattern(("x",) * 21)), "names_too_many", "pattern"),
        (Happened(Pattern(("x",), ("\ud800",))), "text_not_storable", "pattern"),
        (Happened(ORDERS, Between()), "window_open", "window"),
        (Happened(ORDERS, Between("2025-02-30")), "bound_malformed", "window"),
        (Happened(ORDERS, Between(None, "yesterday")), "bound_malformed", "window"),
        (Happened(ORDERS, Ago(-1, "days")), "amount_negative", "window"),
        (Happened(ORDERS, Ago(101, "years")), "amount_too_large", "window"),
        (Happened(ORDERS, path="amount"), "path_needless", ""),
        (Happened(ORDERS, measure="sum"), "path_empty", ""),
        (Happened(ORDERS, measure="sum", path="a..b"), "path_malformed", ""),
        (Happened(ORDERS, operator="about"), "operator_unknown", ""),
        (Happened(ORDERS, operands=()), "operand_count", ""),
        (Happened(ORDERS, operands=(Value("2"),)), "operand_type", "operands.0"),
        (Happened(Pattern(("x",), where=GROUP)), "nested", "pattern.where"),
        (Happened(Pattern(("x",), where=All((PAID, Not(Happened(ORDERS)))))), "nested", "pattern.where.conditions.1.condition"),
        (FirstOrLast("first", ORDERS, Happened(ORDERS)), "nested", "condition"),
        (FirstOrLast("first", ORDERS, make_test("text", "equal", "x")), "operator_unknown", "condition"),
        (Followed(ORDERS, Pattern(())), "events_missing", "then"),
        (Followed(ORDERS, ORDERS, Period(1, "months")), "unit_too_large", "within"),
        (Followed(ORDERS, ORDERS, Period(-1, "days")), "amount_negative", "within"),
        (Followed(ORDERS, ORDERS, same=Same("a[].b", "c")), "path_is_list", "same"),
        (Followed(ORDERS, ORDERS, same=Same("a", "")), "path_empty", "same"),
        (MessageTest("sms", "opened"), "action_unknown", ""),
        (MessageTest("email", "opened", MessageScope(last=0)), "last_out_of_range", "scope"),
        (MessageTest("email", "opened", link="x"), "link_needless", ""),
        (MessageTest("email", "opened", reason="hard"), "reason_needless", ""),
        (MessageTest("sms", "not_delivered", reason="hard"), "reason_needless", ""),
        (MessageTest("email", "not_opened", counted="actions"), "actions_uncounted", ""),
        (MessageTest("email", "opened", counted="every", operands=(Value(2),)), "number_needless", ""),
        (JourneyTest("entered", outcome="positive"), "outcome_needless", ""),
        (JourneyTest("inside", window=Ago(1, "days")), "window_needless", ""),
        (ConsentTest(""), "name_malformed", ""),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place_and_keeps_the_tree_from_both_evaluators(
    leaf: Leaf, code: str, where: str
) -> None:
    assert codes(leaf) == [(code, where)]
    (fault,) = list_faults(All((leaf,)))
    assert fault.where == ("conditions.0." + where).removesuffix(".")
    assert fault.say("it") != fault.say("en")
    with pytest.raises(ConditionError):
        compile_condition(leaf)
    with pytest.raises(ConditionError):
        compile_sql(leaf, now=NOW, time_zone="UTC", workspace_id=WORKSPACE)


def test_an_event_that_nobody_knows_is_a_warning() -> None:
    (fault,) = list_faults(Happened(Pattern(("completedOrdre",))), known_events={"completedOrder"})
    assert (fault.code, fault.severity) == ("event_unknown", "warning")
    assert "completedOrdre" in fault.say("it")
    assert list_faults(Happened(ORDERS), known_events={"completedOrder"}) == ()


def test_names_that_nothing_captures_are_found_inside_leaves_too() -> None:
    inner = make_test("number", "equals", Captured("x"), path="amount", source="event")
    tree = Happened(Pattern(("completedOrder",), where=inner), operands=(Captured("y"),))
    found = codes(tree, captured_names={"z"})
    assert found == [("captured_unknown", ""), ("captured_unknown", "pattern.where")]


def test_conditions_inside_leaves_count_towards_the_hundred() -> None:
    where = All((PAID,) * 49)
    tree = All((Happened(Pattern(("a",), where=where)), Happened(Pattern(("b",), where=where))))
    assert codes(tree) == []
    assert codes(All((tree, PAID))) == [("too_many", "")]
    assert MAX_CONDITIONS == 100


@pytest.mark.parametrize(
    ("leaf", "code"),
    [
        (Happened(ORDERS, operands=(Value(0),)), "always_true"),
        (Happened(ORDERS, operator="less_than", operands=(Value(0),)), "always_false"),
        (Happened(ORDERS, operator="equals", operands=(Value(1.5),)), "always_false"),
        (Happened(ORDERS, operator="between", operands=(Value(3), Value(2))), "always_false"),
        (MessageTest("email", "opened", operator="at_least", operands=(Value(0),)), "always_true"),
        (Happened(ORDERS, Ago(0, "days")), "without_effect"),
        (Happened(ORDERS, Between("2025-02-02", "2025-02-01")), "without_effect"),
        (Happened(Pattern(("x",), where=make_test("text", "one_of", [], source="event"))), "always_false"),
    ],
)
def test_a_condition_without_effect_is_a_warning_in_words(leaf: Leaf, code: str) -> None:
    (fault,) = list_faults(leaf)
    assert (fault.code, fault.severity) == (code, "warning")
    assert fault.say("en") != fault.say("it")


@pytest.mark.parametrize(
    "leaf",
    [
        Happened(ORDERS),
        Happened(ORDERS, operator="equals", operands=(Value(0),)),
        Happened(ORDERS, measure="sum", path="amount", operator="at_least", operands=(Value(0),)),
        Followed(ORDERS, ORDERS, Period(3, "weeks"), Same("a", "b")),
        MessageTest("email", "not_opened", MessageScope(last=5)),
        MessageTest("sms", "not_delivered", reason="expired"),
        JourneyTest("finished", IDS[0], "positive", "goal", Between("2025-01-01")),
    ],
)
def test_sound_leaves_have_no_fault(leaf: Leaf) -> None:
    assert list_faults(leaf) == ()


def test_a_leaf_that_looks_back_is_refused_where_no_past_is_known() -> None:
    assert codes(Not(GROUP), tests_only=True) == [("not_supported_yet", "condition")]


def test_every_leaf_survives_its_json() -> None:
    historian, captured = Historian(3, NOWS[0]), dict[str, Any]()
    leaves: list[Leaf] = [
        historian.standing(kind) for kind in ("group", "segment", "status", "consent", "identity")
    ]
    for window in WINDOWS:
        for _ in range(20):
            shape = historian.window(window)
            leaves += [
                historian.happened("sum", shape, "between", captured),
                historian.first_or_last(shape, captured),
                historian.followed(shape, captured),
                historian.message("clicked", shape, captured),
                historian.journey("finished", shape),
            ]
    for leaf in leaves:
        data = encode_condition(leaf)
        assert encode_condition(decode_condition(data)) == data
        assert list_needs(convert_condition(msgspec.json.decode(data))) == list_needs(decode_condition(data))


@pytest.mark.parametrize("depth", [1000, 100_000])
def test_a_pattern_nested_too_deeply_is_refused_in_words(depth: int) -> None:
    inner = '{"kind":"not","condition":' * depth + '{"kind":"and"}' + "}" * depth
    data = f'{{"kind":"happened","pattern":{{"events":["x"],"where":{inner}}}}}'
    with pytest.raises(ConditionError) as raised:
        decode_condition(data)
    assert [fault.code for fault in raised.value.faults] == ["too_deep"]
    if depth == 1000:
        # As values, the way that only our own code could make them: whoever prints such a tree recurses, we do not.
        code = (
            "from percorso.conditions import list_faults\n"
            "from percorso.conditions.model import All, Happened, Not, Pattern\n"
            "tree = All()\n"
            f"for _ in range({depth}): tree = Not(tree)\n"
            "print([fault.code for fault in list_faults(Happened(Pattern(('x',), where=tree)))])\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout == "['too_deep']\n"


@pytest.mark.parametrize(
    "data",
    [
        '{"kind":"happened"}',
        '{"kind":"happened","pattern":{"events":"completedOrder"}}',
        '{"kind":"happened","pattern":{"events":["x"],"sql":"DROP"}}',
        '{"kind":"happened","pattern":{"events":["x"]},"measure":"median"}',
        '{"kind":"happened","pattern":{"events":["x"]},"window":{"kind":"ago","amount":1,"unit":"moons"}}',
        '{"kind":"membership","of":"facts","id":"00000000-0000-0000-0000-000000000000"}',
        '{"kind":"membership","of":"group","id":"1 OR 1=1"}',
        '{"kind":"message","channel":"fax","action":"opened"}',
        '{"kind":"consent","leaf":"x","aspect":"status = true OR"}',
        '{"kind":"status","channel":"email","status":"any"}',
    ],
)
def test_what_is_no_leaf_is_refused(data: str) -> None:
    with pytest.raises(UnreadableTreeError):
        decode_condition(data)


EVIL = "x'); DROP TABLE facts; -- \" $1 %s {0} \\"


async def test_names_made_to_inject_are_only_names(tx: Connection) -> None:
    pattern = Pattern(
        (EVIL,), (EVIL,), make_test("text", "equals", EVIL, path=EVIL.replace(".", ""), source="event")
    )
    leaves: list[Condition] = [
        Happened(pattern, measure="sum", path=EVIL.replace(".", "")),
        Happened(pattern, measure="distinct", path=EVIL.replace(".", "") + "[].x"),
        FirstOrLast("last", pattern, PAID),
        Followed(pattern, pattern, Period(1, "days"), Same(EVIL.replace(".", ""), EVIL.replace(".", ""))),
        MessageTest("email", "clicked", MessageScope(tags=(EVIL,), last=3), link=EVIL),
        JourneyTest("finished", reason=EVIL),
        ConsentTest(EVIL),
        StatusTest("email"),
        IdentityTest("email"),
    ]
    await store_people(tx, [Historian(5, NOW).person(1, WORKSPACE)])
    for tree in (*leaves, All(tuple(leaves))):
        condition = compile_sql(tree, now=NOW, time_zone="UTC", workspace_id=WORKSPACE, first_parameter=2)
        assert "DROP" not in condition.text + condition.joins
        await ask_sql(tx, condition)
        compile_condition(tree)(subject())


async def test_the_explanation_tells_every_leaf_with_what_was_read(tx: Connection) -> None:
    historian = Historian(8, NOWS[0])
    people = [historian.person(number, WORKSPACE) for number in range(5)]
    captured: dict[str, Any] = {}
    tree = All(
        (
            Happened(ORDERS, measure="average", path="value"),
            FirstOrLast("last", ORDERS, PAID),
            Not(Followed(ORDERS, ORDERS)),
            MessageTest("email", "not_opened", MessageScope(last=5)),
            JourneyTest("inside"),
            GROUP,
            StatusTest("email", "none"),
            ConsentTest("profiling.online"),
            IdentityTest("email"),
            make_test("any", "is_null"),
        )
    )
    for person in people:
        who = see(person, [tree], lambda text: text.lower(), now=NOWS[0], zone="UTC", captured=captured)
        found = explain(tree, who)
        assert [verdict.test for verdict in found.verdicts] == [
            getattr(part, "condition", part) if isinstance(part, Not) else part for part in tree.conditions
        ]
        assert found.holds is compile_condition(tree)(who)
        for verdict in found.verdicts:
            assert verdict.verdict is compile_condition(verdict.test)(who)
        assert msgspec.json.encode(found)


def test_an_explanation_reads_like_this() -> None:
    tree = Happened(ORDERS, Ago(30, "days"), operator="at_least", operands=(Value(2),))
    historian = Historian(8, NOW)
    person = historian.person(2, WORKSPACE)
    pasts = fold_pasts(person, list_needs(tree, "UTC"), str.lower)
    who = Subject({}, None, {}, NOW, "UTC", pasts=pasts, consents={"profiling.online": Consent(True)})
    (verdict,) = explain(tree, who).verdicts
    expected = len(
        [
            fact
            for fact in person.facts
            if fact.name == "completedOrder" and (NOW - fact.occurred_at).days < 30
        ]
    )
    assert (verdict.read, verdict.compared, verdict.verdict) == (expected, (2,), expected >= 2)
    (verdict,) = explain(ConsentTest("profiling.online", "objection"), who).verdicts
    assert (verdict.read, verdict.compared, verdict.verdict) == (False, (True,), False)
