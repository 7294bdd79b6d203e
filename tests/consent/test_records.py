"""The chain of proofs, and the last word about a leaf: pure."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.consent.leaves import LeafChange, LeafStanding, decide_leaf, state_leaf
from percorso.consent.records import (
    NO_RECORD,
    ConsentRecord,
    Statement,
    find_broken_link,
    link_record,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORKSPACE, CONTACT = UUID(int=1), UUID(int=2)

statements = st.builds(
    Statement,
    workspace_id=st.just(WORKSPACE),
    contact_id=st.just(CONTACT),
    subject=st.sampled_from(["marketing.automatic.email", f"status:{UUID(int=3)}:email"]),
    status=st.sampled_from(["subscribed", "refused", "allowed"]),
    source=st.text(max_size=5),
    wording=st.text(max_size=5),
)


def chain(said: list[Statement]) -> list[ConsentRecord]:
    records: list[ConsentRecord] = []
    previous = NO_RECORD
    for number, statement in enumerate(said, start=1):
        moment = NOON + timedelta(minutes=number)
        records.append(link_record(statement, moment, number=number, previous_hash=previous))
        previous = records[-1].hash
    return records


@given(st.lists(statements, max_size=6))
def test_a_chain_as_it_was_written_is_whole(said: list[Statement]) -> None:
    assert find_broken_link(chain(said)) is None


@given(st.lists(statements, min_size=1, max_size=6), st.data())
def test_a_word_changed_a_record_removed_or_two_exchanged_are_noticed(
    said: list[Statement], data: st.DataObject
) -> None:
    records = chain(said)
    place = data.draw(st.integers(0, len(records) - 1))
    forged = list(records)
    forged[place] = msgspec.structs.replace(forged[place], wording=forged[place].wording + "!")
    assert find_broken_link(forged) == place + 1
    if place < len(records) - 1:
        assert find_broken_link(records[:place] + records[place + 1 :]) == place + 1
        exchanged = list(records)
        exchanged[place], exchanged[place + 1] = exchanged[place + 1], exchanged[place]
        assert find_broken_link(exchanged) == place + 1


@given(st.lists(statements, min_size=2, max_size=6))
def test_a_chain_whose_payloads_were_emptied_can_still_be_followed(said: list[Statement]) -> None:
    emptied = [msgspec.structs.replace(record, source="", wording="") for record in chain(said)]
    assert find_broken_link(emptied, is_emptied=True) is None
    assert find_broken_link(emptied[1:], is_emptied=True) == 1


def leaf(
    *, status: bool = True, limitation: bool = False, objection: bool = False, minutes: int = 0
) -> LeafChange:
    return LeafChange(
        workspace_id=WORKSPACE,
        contact_id=CONTACT,
        leaf="marketing.automatic.email",
        status=status,
        limitation=limitation,
        objection=objection,
        source="shop",
        wording="v1",
        occurred_at=NOON + timedelta(minutes=minutes),
    )


@pytest.mark.parametrize(
    ("allows_now", "change", "is_written"),
    [
        (None, leaf(), True),
        (True, leaf(status=False, minutes=-5), True),
        (False, leaf(minutes=5), True),
        (False, leaf(minutes=-5), False),
        (False, leaf(objection=True, minutes=-5), True),
        (True, leaf(minutes=-5), True),
    ],
)
def test_a_late_yes_takes_no_refusal_back(
    allows_now: bool | None, change: LeafChange, is_written: bool
) -> None:
    current = None if allows_now is None else LeafStanding(allows_now, False, False, NOON)
    assert decide_leaf(current, change) is is_written


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (leaf(), "allowed"),
        (leaf(status=False), "refused"),
        (leaf(limitation=True), "allowed+limited"),
        (leaf(status=False, objection=True), "objected"),
    ],
)
def test_a_record_says_what_was_said(change: LeafChange, word: str) -> None:
    assert state_leaf(change).status == word
