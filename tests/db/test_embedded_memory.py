"""The embedded PostgreSQL keeps pages in an eighth of the memory, within bounds."""

import pytest

from percorso.db.embedded_memory import choose_shared_buffers

GIGABYTE = 2**30


@pytest.mark.parametrize(
    ("memory", "setting"),
    [(GIGABYTE // 2, "128MB"), (4 * GIGABYTE, "512MB"), (24 * GIGABYTE, "1024MB"), (0, "128MB")],
)
def test_an_eighth_of_the_memory_within_bounds(memory: int, setting: str) -> None:
    assert choose_shared_buffers(memory) == setting


def test_this_machine_has_a_setting() -> None:
    assert choose_shared_buffers().endswith("MB")
