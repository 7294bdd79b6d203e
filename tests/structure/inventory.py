"""What there is to judge: the project's files, queries and their text."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from percorso.db.queries import Query, parse_queries

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "percorso"

_GENERATED = ("schema.d.ts", "routeTree.gen.ts")

_NOISE = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query and where it stands."""

    package: str
    """The folder below src/percorso, e.g. `log` or `channels/mailbox`."""
    query: Query

    @property
    def label(self) -> str:
        """How a failing test names it."""
        return f"{self.package}: {self.query.name}"

    @property
    def owner(self) -> str:
        """The package of architecture §8 that it belongs to."""
        return self.package.split("/")[0]

    @property
    def bare(self) -> str:
        """The statement without comments and texts, in one line, lower case, with its parameters' names."""
        text = _NOISE.sub(" ", self.query.sql)
        for number, name in reversed(list(enumerate(self.query.parameters, start=1))):
            text = re.sub(rf"\${number}\b", f":{name}", text)
        return " ".join(text.lower().split())


@cache
def list_queries() -> tuple[NamedQuery, ...]:
    """Return every query of every `queries.sql`."""
    return tuple(
        NamedQuery(package=path.parent.relative_to(SOURCE).as_posix(), query=query)
        for path in sorted(SOURCE.rglob("queries.sql"))
        for query in parse_queries(path.read_text(encoding="utf-8"), source=str(path)).values()
    )


@cache
def list_modules(*folders: str) -> tuple[tuple[Path, ast.Module], ...]:
    """Return the Python files below these folders of the project, parsed."""
    return tuple(
        (path, ast.parse(path.read_text(encoding="utf-8")))
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
    )


def list_web_files() -> list[Path]:
    """Return the files of the web application that people write."""
    return [
        path
        for kind in ("*.ts", "*.tsx", "*.css")
        for path in sorted((ROOT / "web" / "src").rglob(kind))
        if path.name not in _GENERATED
    ]


def place(path: Path, node: ast.AST | None = None) -> str:
    """Return `src/…/file.py` or `src/…/file.py:12`, as editors understand it."""
    line = f":{node.lineno}" if node is not None and hasattr(node, "lineno") else ""
    return f"{path.relative_to(ROOT)}{line}"
