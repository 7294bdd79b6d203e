"""A backlog is taken deep: the further buckets are behind, the fewer of them share a batch."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.worker.apply import pack_buckets
from percorso.worker.reading import Limits
from percorso.worker.store import Work


def behind(*counts: int) -> list[Work]:
    return [Work(bucket, count, None) for bucket, count in enumerate(counts)]


@pytest.mark.parametrize(
    ("work", "batches"),
    [
        (behind(), []),
        (behind(1, 1, 1, 1, 1), [[0, 1, 2], [3, 4]]),
        (behind(10**9, 10**9), [[0], [1]]),
        (behind(30, 10, 1, 40, 0, 0, 0), [[0, 1], [2], [3, 4, 5], [6]]),
    ],
)
def test_buckets_are_packed_by_what_waits_in_them(work: list[Work], batches: list[list[int]]) -> None:
    assert pack_buckets(work, Limits(facts=10), 3) == batches


@given(st.lists(st.integers(0, 200)), st.integers(1, 64))
def test_every_bucket_has_its_turn_once_and_in_order(counts: list[int], most: int) -> None:
    batches = pack_buckets(behind(*counts), Limits(facts=10), most)
    assert [bucket for batch in batches for bucket in batch] == list(range(len(counts)))
    assert all(0 < len(batch) <= most for batch in batches)
