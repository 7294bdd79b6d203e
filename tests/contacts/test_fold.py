"""Folding a fact into a contact: pure."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.contacts.attributes import change_attributes, find_value, is_same, leaves
from percorso.contacts.fold import fold_fact, list_released, new_contact
from percorso.contacts.model import AttributeChange, Contact
from percorso.log.model import Fact

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CONTACT_ID = UUID(int=0xA0_07)
WORKSPACE_ID = UUID(int=1)
NODE_ID = UUID(int=2)
UNSET = msgspec.UNSET


def fact(offset: int, properties: dict[str, Any], **more: Any) -> Fact:
    values: dict[str, Any] = {
        "bucket": 7,
        "offset": offset,
        "workspace_id": WORKSPACE_ID,
        "contact_id": CONTACT_ID,
        "kind": "profile",
        "name": "contactUpdated",
        "message_id": f"m{offset}",
        "occurred_at": NOW + timedelta(seconds=offset),
        "received_at": NOW + timedelta(seconds=offset),
        "properties": properties,
        "context": None,
        "origin": "api",
        "historical": False,
        "depth": 0,
    }
    return Fact(**(values | more))


def contact(**attributes: Any) -> Contact:
    fresh = new_contact(fact(0, {}), NODE_ID)
    return msgspec.structs.replace(fresh, attributes=attributes)


def test_a_set_value_is_found_at_its_path_and_the_rest_stays() -> None:
    before = contact(address={"city": "Milano", "zip": "20100"})
    after, changes = fold_fact(before, fact(1, {"set": {"address.city": "Torino"}}))
    assert after.attributes == {"address": {"city": "Torino", "zip": "20100"}}
    assert before.attributes == {"address": {"city": "Milano", "zip": "20100"}}
    assert changes == (AttributeChange("address.city", "Milano", "Torino"),)
    assert (after.offset, after.updated_at) == (1, NOW + timedelta(seconds=1))


def test_what_changes_nothing_leaves_the_very_contact() -> None:
    before = contact(name="Ada", tags={"auto": ["top"]})
    after, changes = fold_fact(before, fact(1, {"set": {"name": "Ada"}, "append": {"tags.auto": ["top"]}}))
    assert after is before
    assert changes == ()


def test_a_cleared_attribute_is_empty_and_one_never_set_stays_absent() -> None:
    after, changes = fold_fact(contact(name="Ada"), fact(1, {"clear": ["name", "never"]}))
    assert after.attributes == {"name": None}
    assert changes == (AttributeChange("name", "Ada", None),)


def test_appending_twice_is_appending_once_and_removing_takes_all() -> None:
    once, _ = fold_fact(contact(), fact(1, {"append": {"tags.auto": ["a", "b", "a"]}}))
    twice, changes = fold_fact(once, fact(2, {"append": {"tags.auto": ["b"]}}))
    assert once.attributes == {"tags": {"auto": ["a", "b"]}}
    assert twice is once
    assert changes == ()
    removed, _ = fold_fact(contact(codes=["x", "y", "x"]), fact(3, {"remove": {"codes": ["x"]}}))
    assert removed.attributes == {"codes": ["y"]}


def test_true_is_not_one() -> None:
    after, changes = fold_fact(
        contact(vip=1, flags=[1]), fact(1, {"set": {"vip": True}, "remove": {"flags": [True]}})
    )
    assert after.attributes["vip"] is True
    assert after.attributes["flags"] == [1]
    assert [change.path for change in changes] == ["vip"]


def test_a_value_in_the_way_of_a_path_gives_way() -> None:
    after, _ = fold_fact(contact(address="via Roma 1"), fact(1, {"set": {"address.city": "Bari"}}))
    assert after.attributes == {"address": {"city": "Bari"}}


def test_filling_sets_only_what_is_absent_or_empty() -> None:
    after, changes = fold_fact(
        contact(name="Ada", city=None), fact(1, {"fill": {"name": "Bea", "city": "Roma", "age": 3}})
    )
    assert after.attributes == {"name": "Ada", "city": "Roma", "age": 3}
    assert changes == (AttributeChange("city", None, "Roma"), AttributeChange("age", UNSET, 3))


def test_a_known_identity_ends_anonymity_and_a_new_email_replaces_the_old() -> None:
    anonymous, _ = fold_fact(contact(), fact(1, {"identities": {"anonymous_id": ["z1"]}}))
    known, _ = fold_fact(anonymous, fact(2, {"identities": {"email": ["a@example.com"]}}))
    moved, changes = fold_fact(
        known, fact(3, {"identities": {"email": ["b@example.com"], "anonymous_id": ["z2"]}})
    )
    assert (anonymous.anonymous, known.anonymous) == (True, False)
    assert (known.email, moved.email) == ("a@example.com", "b@example.com")
    assert moved.identities == {"anonymous_id": ["z1", "z2"], "email": ["b@example.com"]}
    assert list_released(changes) == [("email", "a@example.com")]


@pytest.mark.parametrize("later", [True, False], ids=["newer", "older"])
def test_the_newest_event_is_remembered(later: bool) -> None:
    seen = msgspec.structs.replace(contact(), last_event_at=NOW)
    when = NOW + timedelta(days=1 if later else -1)
    after, changes = fold_fact(seen, fact(5, {}, kind="event", name="viewedPage", occurred_at=when))
    assert after.last_event_at == max(when, NOW)
    assert changes == ()


def test_a_carried_change_is_history() -> None:
    before = contact(name="Ada")
    after, changes = fold_fact(before, fact(1, {"set": {"name": "Bea"}}, context={"carried": {"offset": 4}}))
    assert (after, changes) == (before, ())


KEYS = st.sampled_from(["a", "b", "c"])
PATHS = st.lists(KEYS, min_size=1, max_size=3).map(".".join)
SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.text(max_size=2)
VALUES = SCALARS | st.lists(SCALARS, max_size=3)
WORDS = st.fixed_dictionaries(
    {},
    optional={
        "set": st.dictionaries(PATHS, VALUES, max_size=3),
        "clear": st.lists(PATHS, max_size=3),
        "append": st.dictionaries(PATHS, st.lists(SCALARS, max_size=3), max_size=2),
        "fill": st.dictionaries(PATHS, VALUES, max_size=2),
    },
)


@given(st.recursive(SCALARS, lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=6), WORDS)
def test_changes_undone_give_back_what_was(tree: Any, words: dict[str, Any]) -> None:
    before = tree if isinstance(tree, dict) else {}
    after, changes = change_attributes(before, **words)
    for change in changes:
        assert not is_same(change.old, change.new)
    for path in {change.path for change in changes}:
        last = [change for change in changes if change.path == path][-1]
        others = [c.path for c in changes if c.path != path and (c.path + ".").startswith(path + ".")]
        wider = [c.path for c in changes if c.path != path and (path + ".").startswith(c.path + ".")]
        if not others and not wider:
            assert is_same(find_value(after, path), last.new)


@given(st.dictionaries(KEYS, st.dictionaries(KEYS, SCALARS, min_size=1, max_size=3), max_size=3))
def test_leaves_set_again_give_the_same_attributes(attributes: dict[str, Any]) -> None:
    again, _ = change_attributes({}, set=leaves(attributes))
    assert again == attributes


def test_a_value_that_gives_way_is_in_the_change() -> None:
    for before, path in (("via Roma 1", "address"), (None, "address"), ({}, "address")):
        _, changes = fold_fact(contact(address=before), fact(1, {"set": {"address.city": "Bari"}}))
        assert changes == (AttributeChange(path, before, {"city": "Bari"}),)


def test_an_object_whose_keys_come_in_another_order_is_the_same() -> None:
    before = contact(address={"zip": 1, "city": "Bari"})
    after, changes = fold_fact(before, fact(1, {"set": {"address": {"city": "Bari", "zip": 1}}}))
    assert (after, changes) == (before, ())
    assert not is_same({"a": 1}, {"a": True})
