"""What the reference shows is what the product takes."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from percorso.journeys.check import check_graph
from percorso.journeys.definition import convert_graph
from percorso.journeys.files import parse_file
from percorso.journeys.graph import Step
from percorso.journeys.portable import list_references, resolve_references
from tests.journeys.build import CONTACT

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
KINDS = sorted(path.stem for path in (REFERENCE / "steps").glob("*.md"))


def read_example(path: Path) -> str:
    found = re.search(r"```yaml\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def test_the_journey_in_the_reference_can_be_published() -> None:
    written = parse_file(read_example(REFERENCE / "journey-files.md"))
    templates, pools = list_references(written.graph)
    graph = resolve_references(
        written.graph, dict.fromkeys(templates, CONTACT), dict.fromkeys(pools, CONTACT)
    )
    assert check_graph(convert_graph(graph)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_step_in_the_reference_is_one_of_its_kind(kind: str) -> None:
    test = {"kind": "test", "source": "attribute", "path": "a", "type": "any", "operator": "is_null"}
    written: dict[str, Any] = yaml.safe_load(read_example(REFERENCE / "steps" / f"{kind}.md"))

    def fill(value: Any) -> Any:
        if value == {"…": None}:
            return test
        if isinstance(value, dict):
            return {key: fill(item) for key, item in value.items()}
        return [fill(item) for item in value] if isinstance(value, list) else value

    step = msgspec.convert(fill(written), Step)
    assert msgspec.to_builtins(step)["kind"] == kind


def test_every_kind_of_step_has_its_file_its_test_and_its_page() -> None:
    steps = Path(__file__).parents[2] / "src" / "percorso" / "journeys" / "steps"
    files = {path.stem for path in steps.glob("*.py")} - {"__init__", "sending"}
    tests = {path.stem.removeprefix("test_") for path in (Path(__file__).parent / "steps").glob("test_*.py")}
    tags = {kind.__struct_config__.tag for kind in Step.__args__}
    assert files == tests == set(KINDS) == tags
