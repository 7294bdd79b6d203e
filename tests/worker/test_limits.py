"""How much a batch takes after something failed, and after all went well again."""

from percorso.worker.reading import DUE, FACTS, SCAN, Limits


def test_a_fault_halves_a_batch_down_to_one_and_success_doubles_it_up_to_the_whole() -> None:
    limits = Limits()
    for _ in range(40):
        limits = limits.halved()
    assert limits == Limits(1, 1, 1)
    for _ in range(40):
        limits = limits.doubled()
    assert limits == Limits(FACTS, DUE, SCAN)
