"""Named queries: reads a package's `queries.sql` and runs its blocks by name.

A block is `-- name: verb_thing`, comment lines that explain it, then one statement with parameters `:name`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import asyncpg
from asyncpg import Record

from percorso.db.errors import QueryError

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = asyncpg.Connection[Record] | PoolConnectionProxy[Record]
else:
    # The driver's classes are generic only in its stubs.
    Connection = asyncpg.Connection

_NAME = re.compile(r"^-- name: ([a-z][a-z0-9_]*)[ \t]*$", re.MULTILINE)

# Everything in which a colon is no parameter, then the parameter itself.
_TOKEN = re.compile(
    r"""
      (?P<escaped>[eE]'(?:[^'\\]|''|\\.)*')
    | (?P<text>'(?:[^']|'')*')
    | (?P<identifier>"(?:[^"]|"")*")
    | (?P<dollar>\$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$)
    | (?P<comment>--[^\n]*)
    | (?P<block>/\*.*?\*/)
    | (?P<cast>::|:=)
    | :(?P<parameter>[a-z_][a-z0-9_]*)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Query:
    """One named statement, ready for the driver."""

    name: str
    explanation: str
    """The comment lines above the statement, without their dashes."""
    sql: str
    """The statement with `$1 … $n`; comments kept, no semicolon at the end."""
    parameters: tuple[str, ...]
    """Parameter names in the order of `$1 … $n`; each stands once."""


def parse_query(name: str, block: str) -> Query:
    """Return the query written in `block`: explaining comment lines, then one statement."""
    lines = block.strip().splitlines()
    explanation: list[str] = []
    while lines and lines[0].startswith("--"):
        explanation.append(lines.pop(0).removeprefix("--").strip())
    parameters: dict[str, int] = {}

    def to_position(match: re.Match[str]) -> str:
        parameter = match["parameter"]
        if parameter is None:
            return match[0]
        return f"${parameters.setdefault(parameter, len(parameters) + 1)}"

    statement = _TOKEN.sub(to_position, "\n".join(lines).strip()).rstrip().removesuffix(";").rstrip()
    if not statement:
        raise QueryError(f"The query {name} is empty.")
    return Query(name=name, explanation=" ".join(explanation), sql=statement, parameters=tuple(parameters))


def parse_queries(text: str, *, source: str) -> dict[str, Query]:
    """Return the queries of one `queries.sql` by name; `source` is named in errors."""
    found: dict[str, Query] = {}
    heads = list(_NAME.finditer(text))
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        name = head[1]
        if name in found:
            raise QueryError(f"{source} names the query {name} twice.")
        found[name] = parse_query(name, text[head.end() : following.start() if following else None])
    return found


class Queries:
    """The named queries of one package; every method takes the connection, the name and all the parameters."""

    def __init__(self, package: str, queries: Mapping[str, Query]) -> None:
        self.package = package
        self.queries = queries

    def get_query(self, name: str) -> Query:
        """Return the query called `name`; raises QueryError if the package has none."""
        try:
            return self.queries[name]
        except KeyError:
            raise QueryError(f"{self.package}/queries.sql has no query named {name}.") from None

    def sql(self, name: str) -> str:
        """Return the statement with `$1 … $n`, for what the methods here do not offer (cursors, COPY)."""
        return self.get_query(name).sql

    def arguments(self, name: str, parameters: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the values in the order of `$1 … $n`; raises QueryError unless the names match exactly."""
        query = self.get_query(name)
        if set(parameters) != set(query.parameters):
            missing = ", ".join(sorted(set(query.parameters) - parameters.keys())) or "none"
            unknown = ", ".join(sorted(parameters.keys() - set(query.parameters))) or "none"
            raise QueryError(
                f"The query {name} of {self.package} was called with other parameters than it names. "
                f"Missing: {missing}. Unknown: {unknown}."
            )
        return tuple(parameters[parameter] for parameter in query.parameters)

    async def fetch(self, connection: Connection, name: str, /, **parameters: Any) -> list[Record]:
        """Run the query and return all rows."""
        return await connection.fetch(self.sql(name), *self.arguments(name, parameters))

    async def fetch_row(self, connection: Connection, name: str, /, **parameters: Any) -> Record | None:
        """Run the query and return its first row, or None if it has none."""
        return await connection.fetchrow(self.sql(name), *self.arguments(name, parameters))

    async def fetch_value(self, connection: Connection, name: str, /, **parameters: Any) -> Any:
        """Run the query and return the first column of its first row; None if there is no row."""
        return await connection.fetchval(self.sql(name), *self.arguments(name, parameters))

    async def execute(self, connection: Connection, name: str, /, **parameters: Any) -> int:
        """Run the statement and return the number of rows that it touched; 0 for what touches none."""
        status = await connection.execute(self.sql(name), *self.arguments(name, parameters))
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def execute_many(
        self, connection: Connection, name: str, rows: Iterable[Mapping[str, Any]], /
    ) -> None:
        """Run the statement once per row of parameters, in one go: all of it happens or none."""
        await connection.executemany(self.sql(name), [self.arguments(name, row) for row in rows])


@cache
def load_queries(package: str) -> Queries:
    """Return the queries of `package` (its dotted name: pass `__package__`); read once per process."""
    text = resources.files(package).joinpath("queries.sql").read_text(encoding="utf-8")
    return Queries(package, parse_queries(text, source=f"{package}/queries.sql"))
