"""Cells that PostgreSQL makes are those that would be made here of the values that the paths find."""

from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from percorso.contacts.attributes import find_value
from percorso.db import Connection
from percorso.imports import exporting
from percorso.imports.cells import write_cell
from percorso.imports.cells_sql import compile_cells
from percorso.imports.formulas import guard_cell

_NAMES = st.sampled_from(["a", "b", "0", "-1", "città", "first name", 'quo"ted', "back\\slash", "it's", "$1"])
_PATHS = st.lists(st.lists(_NAMES, min_size=1, max_size=3).map(".".join), unique=True, min_size=1, max_size=6)
_TEXT = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0")
    | st.sampled_from("'=+-@\t\r\n＝＋－＠\x01[{;,\""),
    max_size=5,
)
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=8,
)


async def read(connection: Connection, paths: list[str], documents: list[str]) -> list[list[str]]:
    """The cells of these attributes, a row for each document."""
    sql = compile_cells([f"attributes.{path}" for path in paths], first_parameter=2)
    rows = await connection.fetch(
        f"SELECT {sql.cells} FROM (SELECT contacts.* {sql.values} FROM "
        "(SELECT said::jsonb AS attributes FROM unnest($1::text[]) AS said) AS contacts OFFSET 0) AS page",
        documents,
        *sql.parameters,
    )
    return [[exporting._finish(cell) for cell in row.values()] for row in rows]  # pyright: ignore[reportPrivateUsage]


def _is_same(cell: str, value: Any) -> bool:
    if isinstance(value, float):
        return Decimal(cell) == Decimal(repr(value))
    return cell == guard_cell(write_cell(value)) or (isinstance(value, int) and cell == write_cell(value))


@settings(suppress_health_check=list(HealthCheck))
@given(paths=_PATHS, people=st.lists(st.dictionaries(_NAMES, _VALUES, max_size=5), min_size=1, max_size=4))
async def test_a_cell_is_what_its_path_finds(
    tx: Connection, paths: list[str], people: list[dict[str, Any]]
) -> None:
    documents = [msgspec.json.encode(person).decode() for person in people]
    stored = await tx.fetch("SELECT said::jsonb FROM unnest($1::text[]) AS said", documents)
    for (person,), cells in zip(stored, await read(tx, paths, documents), strict=True):
        for path, cell in zip(paths, cells, strict=True):
            value = find_value(person, path)
            assert _is_same(cell, value), (path, cell, value)


async def test_a_path_below_another_leaves_that_one_whole(tx: Connection) -> None:
    rows = await read(tx, ["address", "address.city"], ['{"address": {"city": "Bari", "zip": "1"}}', "{}"])
    assert msgspec.json.decode(rows[0][0]) == {"city": "Bari", "zip": "1"}
    assert [rows[0][1], *rows[1]] == ["Bari", "", ""]


async def test_paths_as_deep_as_any_are_found(tx: Connection) -> None:
    deep = ".".join("x" * 40)
    document = "".join('{"x":' for _ in range(40)) + "7" + "}" * 40
    assert (await read(tx, [deep, "x"], [document]))[0][0] == "7"
