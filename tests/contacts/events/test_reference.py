"""The published table of events is the one that is held to."""

from pathlib import Path

from percorso.contacts.events.known import KNOWN
from percorso.contacts.events.labels_en import LABELS as ENGLISH
from percorso.contacts.events.labels_it import LABELS as ITALIAN

_PAGE = Path(__file__).parents[3] / "docs" / "reference" / "events.md"


def test_the_page_lists_every_known_event_with_its_properties() -> None:
    rows = [line for line in _PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{name}` | {ITALIAN[name]} | {ENGLISH[name]} | "
        + (", ".join(f"`{path}` {kind}" for path, kind in properties.items()) or "–")
        + " |"
        for name, properties in KNOWN.items()
    ]
