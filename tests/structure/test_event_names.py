"""Known events are called alike by the API and by the application: words are fixed once."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from percorso.contacts.events import labels_en, labels_it

TEXTS = Path(__file__).resolve().parents[2] / "web" / "src" / "lib" / "i18n"


@pytest.mark.parametrize(("language", "labels"), [("en", labels_en.LABELS), ("it", labels_it.LABELS)])
def test_known_events_have_one_name_in_a_language(language: str, labels: Mapping[str, str]) -> None:
    said = json.loads((TEXTS / language / "vocabulary.json").read_text(encoding="utf-8"))["eventNames"]
    assert {name: said.get(name) for name in labels} == dict(labels)
