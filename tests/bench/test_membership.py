"""What the membership bench saves and appends is what it says."""

import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from percorso.bench import membership
from percorso.bench.frame import Ground
from percorso.segments.check import list_faults
from percorso.segments.codec import convert_definition

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_all_its_segments_can_be_saved() -> None:
    for number in range(membership.SEGMENTS):
        definition = convert_definition(membership.define_segment(number))
        assert list_faults({}, UUID(int=number), definition, ()) == []


def test_a_second_of_facts_moves_each_contact_once() -> None:
    nothing: Any = None
    ground = Ground(Path(), "", nothing, UUID(int=1), UUID(int=2), "")
    pieces = [membership.make_piece(ground, random.Random(1), number, NOW, 2_000) for number in range(20)]
    drafts = [draft for found, _ in pieces for draft in found]
    moved = [contact for _, found in pieces for contact, _ in found]
    assert len(drafts) == membership.RATE
    assert len(moved) == len(set(moved)) == membership.RATE // 10
    assert Counter(draft.kind for draft in drafts) == {"event": 900, "profile": 100}
    assert {draft.contact_id for draft in drafts if draft.kind == "profile"} == set(moved)
