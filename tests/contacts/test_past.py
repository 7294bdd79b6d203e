"""As of a past moment: taking changes back gives what folding the facts up to there gave."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.contacts.fold import fold_fact, new_contact
from percorso.contacts.model import AttributeChange, Contact
from percorso.contacts.past import RecordedChange, undo_changes
from percorso.log.model import Fact
from tests.contacts.shop.build import MORNING, ROME, added, order, tell
from tests.contacts.test_fold import NODE_ID, fact

_paths = st.sampled_from(
    ["name", "address", "address.city", "address.city.part", "tags.auto", "a.b.c", "shop"]
)
_scalars = st.sampled_from([None, "", "Ada", 1, 0.5, True])
_values = st.one_of(
    _scalars,
    st.lists(_scalars, max_size=2),
    st.sampled_from([{}, {"city": "Bari"}, {"city": {"part": 1}, "zip": 2}]),
)
_lists = st.dictionaries(_paths, st.lists(_scalars, max_size=2), max_size=2)
_said = st.fixed_dictionaries(
    {},
    optional={
        "set": st.dictionaries(_paths, _values, max_size=3),
        "clear": st.lists(_paths, max_size=2),
        "append": _lists,
        "remove": _lists,
        "fill": st.dictionaries(_paths, _values, max_size=2),
        "identities": st.dictionaries(
            st.sampled_from(["email", "phone", "user_id", "anonymous_id"]),
            st.lists(st.sampled_from("abc"), min_size=1, max_size=2),
            max_size=2,
        ),
    },
)


def shown(person: Contact) -> dict[str, Any]:
    """Return what a profile shows of a contact."""
    return {
        "attributes": person.attributes,
        "identities": person.identities,
        "email": person.email,
        "phone": person.phone,
        "anonymous": person.anonymous,
    }


def record(facts: list[Fact]) -> tuple[list[Contact], list[RecordedChange]]:
    """Return the contact after each fact, and the changes as the worker records them."""
    person = new_contact(facts[0], NODE_ID)
    stages, changes = [person], list[RecordedChange]()
    for each in facts:
        person, made = fold_fact(person, each, ROME)
        stages.append(person)
        first: dict[str, AttributeChange] = {}
        for change in made:
            known = first.get(change.path)
            first[change.path] = (
                change if known is None else AttributeChange(change.path, known.old, change.new)
            )
        changes += [
            RecordedChange(each.offset, each.received_at, number, change)
            for number, change in enumerate(first.values())
        ]
    return stages, changes


@given(st.lists(_said, min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_as_of_any_offset_is_the_fold_of_the_facts_up_to_it(said: list[dict[str, Any]], chance: Any) -> None:
    facts = [fact(number, each) for number, each in enumerate(said, 1)]
    stages, changes = record(facts)
    for place, stage in enumerate(stages):
        since = facts[0].received_at - timedelta(seconds=1) + timedelta(seconds=place)
        later = [change for change in changes if change.changed_at > since]
        chance.shuffle(later)
        assert shown(undo_changes(stages[-1], later)) == shown(stage)


def test_the_figures_of_a_shop_are_taken_back_too() -> None:
    facts = [
        msgspec.structs.replace(each, offset=number)
        for number, each in enumerate(
            [
                order(5, MORNING),
                added("a", MORNING + timedelta(hours=1)),
                order(7, MORNING + timedelta(hours=2)),
            ],
            1,
        )
    ]
    stages, changes = record(facts)
    for place, stage in enumerate(stages):
        later = [change for change in changes if change.offset > place]
        assert shown(undo_changes(stages[-1], later)) == shown(stage)


def test_nothing_to_take_back_is_the_contact_itself() -> None:
    ada, _ = tell([order(5, MORNING)], MORNING)
    assert undo_changes(ada, []) is ada


@pytest.mark.parametrize("before", [{}, None, "via Roma 1"])
def test_what_gave_way_to_an_object_comes_back(before: Any) -> None:
    stages, changes = record(
        [fact(1, {"set": {"address": before}}), fact(2, {"set": {"address.city": "Bari"}})]
    )
    assert shown(undo_changes(stages[2], [each for each in changes if each.offset > 1])) == shown(stages[1])
