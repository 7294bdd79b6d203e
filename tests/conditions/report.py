"""Where the agreement tests write how many cases they tried."""

from collections.abc import Sequence
from pathlib import Path

LEAST_CASES = 50
FOLDER = Path(__file__).parents[2] / "build" / "agreement"


def write_report(name: str, lines: Sequence[str]) -> None:
    """Write a report to build/agreement and print it: pytest shows it when the test fails."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = "\n".join(lines) + "\n"
    (FOLDER / f"{name}.txt").write_text(text)
    print(text)
