"""The published table of standard fields is the one that is used."""

from pathlib import Path

from percorso.contacts.fields.standard import STANDARD

_PAGE = Path(__file__).parents[3] / "docs" / "reference" / "fields.md"


def test_the_page_lists_every_standard_field() -> None:
    rows = [line for line in _PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{field.path}` | {field.type} | {field.labels.it} | {field.labels.en} |"
        for field in STANDARD.values()
    ]
