from typing import Any

import pytest

from percorso.conditions.model import Attribute, Captured, EventProperty, Operand, Value
from percorso.contacts.attributes import change_attributes
from percorso.journeys.graph import Change, CheckNow, End, EventStart, Path, RecordEvent, UpdateContact
from percorso.journeys.model import EmitEvent, UpdateProfile
from tests.journeys.build import capture, make_version, of_profile
from tests.journeys.stage import Stage


def updated(*changes: Change, event: dict[str, Any] | None = None, **attributes: Any) -> Stage:
    version = make_version(
        {"update": UpdateContact(changes)},
        starts=(EventStart("start", "began", captures=(capture("code", "code"),)),),
    )
    stage = Stage(version, **attributes)
    stage.happens("began", **(event or {}))
    return stage


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (Change("set", "city", Value("Milan")), {}, {"city": "Milan"}),
        (Change("set", "address.city", Value("Milan")), {"address": {"zip": "1"}},
         {"address": {"zip": "1", "city": "Milan"}}),
        (Change("set", "total", EventProperty("amount.total")), {}, {"total": 12}),
        (Change("set", "code", Captured("code")), {}, {"code": "AB"}),
        (Change("set", "copy", Attribute("name")), {"name": "Ada"}, {"name": "Ada", "copy": "Ada"}),
        (Change("set", "copy", Attribute("missing")), {"copy": 1}, {"copy": 1}),
        (Change("clear", "city"), {"city": "Milan"}, {"city": None}),
        (Change("clear", "city"), {}, {}),
        (Change("add", "points", Value(5)), {"points": 10}, {"points": 15}),
        (Change("add", "points", Value(5)), {}, {"points": 5}),
        (Change("add", "points", Value(0.2)), {"points": 0.1}, {"points": 0.3}),
        (Change("add", "points", Value(0.5)), {"points": 0.5}, {"points": 1}),
        (Change("add", "points", EventProperty("amount.total")), {"points": 1}, {"points": 13}),
        (Change("add", "points", Value(1)), {"points": "many"}, {"points": "many"}),
        (Change("add", "points", EventProperty("name")), {"points": 1}, {"points": 1}),
        (Change("add", "points", Value(1)), {"points": True}, {"points": True}),
        (Change("subtract", "points", Value(5)), {"points": 3}, {"points": -2}),
        (Change("append", "tags.auto", Value("vip")), {"tags": {"auto": ["a"]}}, {"tags": {"auto": ["a", "vip"]}}),
        (Change("append", "tags.auto", Value("vip")), {"tags": {"auto": ["vip"]}}, {"tags": {"auto": ["vip"]}}),
        (Change("append", "tags.auto", Value(["b", "c"])), {}, {"tags": {"auto": ["b", "c"]}}),
        (Change("remove", "tags.manual", Value("vip")), {"tags": {"manual": ["vip", "x"]}},
         {"tags": {"manual": ["x"]}}),
        (Change("remove", "tags.manual", Value("vip")), {}, {}),
    ],
)  # fmt: skip
def test_each_change_does_what_it_says(change: Change, before: dict[str, Any], after: dict[str, Any]) -> None:
    stage = updated(change, event={"code": "AB", "name": "n", "amount": {"total": 12}}, **before)
    assert stage.attributes == after
    assert stage.run.state == "ended"


def test_changes_are_made_in_order_each_reading_what_the_one_before_wrote() -> None:
    stage = updated(
        Change("set", "points", Value(10)),
        Change("add", "points", Value(5)),
        Change("set", "copy", Attribute("points")),
    )
    assert stage.attributes == {"points": 15, "copy": 15}


def test_changes_of_different_places_are_one_fact_and_of_the_same_place_several() -> None:
    apart = updated(
        Change("set", "a", Value(1)), Change("append", "tags.auto", Value("x")), Change("clear", "b"), b=2
    )
    assert apart.updates == [UpdateProfile(set={"a": 1}, clear=("b",), append={"tags.auto": ["x"]})]
    same = updated(Change("append", "tags.auto", Value("x")), Change("remove", "tags.auto", Value("x")))
    assert same.updates == [
        UpdateProfile(append={"tags.auto": ["x"]}),
        UpdateProfile(remove={"tags.auto": ["x"]}),
    ]
    above = updated(Change("set", "a.b", Value(1)), Change("clear", "a"))
    assert above.updates == [UpdateProfile(set={"a.b": 1}), UpdateProfile(clear=("a",))]


def test_the_facts_folded_one_after_the_other_give_what_the_run_went_on_with() -> None:
    stage = updated(
        Change("append", "tags.auto", Value("x")),
        Change("set", "n", Value(1)),
        Change("remove", "tags.auto", Value("y")),
        Change("clear", "n"),
        tags={"auto": ["y"]},
    )
    folded: dict[str, Any] = {"tags": {"auto": ["y"]}}
    for update in stage.updates:
        folded, _ = change_attributes(
            folded, set=update.set, clear=update.clear, append=update.append, remove=update.remove
        )
    assert folded == stage.attributes == {"tags": {"auto": ["x"]}, "n": None}


def test_steps_further_on_read_what_was_written_and_the_callers_profile_stays_as_it_was() -> None:
    version = make_version(
        {
            "update": UpdateContact((Change("set", "level", Value("gold")),), next="check"),
            "check": CheckNow((Path("gold", "", of_profile("level", "equals", "gold"), to="good"),)),
            "good": End("positive"),
        }
    )
    stage = Stage(version, level="silver")
    before = stage.attributes
    stage.happens("began")
    assert stage.run.outcome == "positive"
    assert before == {"level": "silver"}


def test_events_are_recorded_with_the_values_there_are() -> None:
    properties: dict[str, Operand] = {
        "amount": Value(5),
        "order": EventProperty("id"),
        "code": Captured("code"),
        "city": Attribute("city"),
    }
    version = make_version(
        {"update": UpdateContact(events=(RecordEvent("addedReward", properties),))},
        starts=(EventStart("start", "began", captures=(capture("code", "code"),)),),
    )
    stage = Stage(version, city="Milan")
    stage.happens("began", id="o1")
    assert stage.emitted == [EmitEvent("addedReward", {"amount": 5, "order": "o1", "city": "Milan"})]
