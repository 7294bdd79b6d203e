"""Lists functions, methods, classes and imports that nothing uses, by vulture; fails if there are any.

Fields of structs and values of enums are left out: they are read by what serialises them. A name also counts
as used where a string names it ("package.module:name"), and where a decorator hands it to a framework.
"""

import re
import sys
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("src", "tests", "tools", "benchmarks")
TARGET = re.compile(r"[\"'][\w.]+:(\w+)[\"']")

IGNORED_DECORATORS = [
    "@pytest.fixture*",
    "@*.command*",
    "@*.group*",
    "@get*",
    "@post*",
    "@put*",
    "@patch*",
    "@delete*",
]
IGNORED_NAMES = [
    *("pytest_*", "pytestmark", "WebBuildHook", "initialize", "build_data"),
    *(
        "data_received",
        "eof_received",
        "pause_writing",
        "resume_writing",
        "connection_made",
        "connection_lost",
    ),
    *("handle_*", "format_commands", "list_commands", "get_command"),
]
"""Called by these names from pytest, hatchling, asyncio, aiosmtpd and click."""


def list_dead() -> list[str]:
    """Return one line per dead name, in the order of files."""
    vulture = Vulture(ignore_names=IGNORED_NAMES, ignore_decorators=IGNORED_DECORATORS)
    paths = [ROOT / folder for folder in FOLDERS if (ROOT / folder).is_dir()]
    vulture.scavenge(paths)  # pyright: ignore[reportUnknownMemberType] - vulture is not typed
    named = {
        name
        for path in (ROOT / "src").rglob("*.py")
        for name in TARGET.findall(path.read_text(encoding="utf-8"))
    }
    return [
        f"{Path(item.filename).relative_to(ROOT)}:{item.first_lineno}: {item.message}"
        for item in vulture.get_unused_code(min_confidence=60)
        if item.typ not in ("variable", "attribute") and item.name not in named
    ]


if __name__ == "__main__":
    dead = list_dead()
    print("\n".join(dead))
    sys.exit(1 if dead else 0)
