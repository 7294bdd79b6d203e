"""The reports of the agreement tests can fail: a cell that was tried too seldom, or went only one way, is named."""

from collections import Counter

import pytest

from percorso.conditions.operators import OPERATORS
from tests.conditions import report, test_agreement, test_agreement_past
from tests.conditions.generate import CLASSES
from tests.conditions.report import LEAST_CASES


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "FOLDER", tmp_path)


def test_every_class_of_value_of_the_law_is_tried() -> None:
    assert len(set(CLASSES)) == 5
    assert LEAST_CASES >= 50


@pytest.mark.parametrize("missing", [0, 1])
def test_a_cell_with_too_few_cases_fails_and_says_which(missing: int) -> None:
    cases = Counter(
        {
            (operator, name, holds): LEAST_CASES // 2
            for operator in OPERATORS["text"]
            for name in CLASSES
            for holds in (True, False)
        }
    )
    operator, name = list(OPERATORS["text"])[-1], list(CLASSES)[-1]
    cases[operator, name, True] -= missing
    if not missing:
        test_agreement.check_cases("text", "event", cases)
        return
    with pytest.raises(AssertionError, match=f"{operator} over {name}: only {LEAST_CASES - 1} cases"):
        test_agreement.check_cases("text", "event", cases)
    # Whatever comes of it, the counts are there to be read.
    lines = (report.FOLDER / "text-event.txt").read_text().splitlines()
    assert len(lines) == len(OPERATORS["text"])


def test_a_window_with_too_few_cases_fails_and_says_which() -> None:
    cell = ("count", "anytime", "at_least")
    cases = Counter({(cell, True): 40, (cell, False): 9})
    with pytest.raises(AssertionError, match="count anytime at_least: only 49 cases"):
        test_agreement_past.check_cells(cases)
    cases = Counter({(cell, True): 60})
    with pytest.raises(AssertionError, match="count anytime was never False"):
        test_agreement_past.check_cells(cases)
