"""The two evaluators agree, contact by contact: every operator, every class of value, constants and data."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
import pytest

from percorso.conditions import Judge, compile_condition, compile_sql
from percorso.conditions.model import Condition, Source, Subject, Test, ValueType
from percorso.conditions.operators import OPERATORS
from percorso.conditions.store import read_lowering
from percorso.db import Connection
from percorso.kit.ids import derive_id
from tests.conditions.generate import CLASSES, FORMATS, NOWS, TIME_FORMATS, ZONES, Generator, fits_format
from tests.conditions.report import LEAST_CASES, write_report

WORKSPACE = derive_id("agreement")
PER_CLASS = 12
TESTS_PER_OPERATOR = 12

INSERT_CONTACTS = """
INSERT INTO contacts (bucket, id, workspace_id, node_id, attributes, identities, anonymous, created_at, updated_at,
    "offset")
SELECT 0, id, $1, $1, attributes, '{}', false, '2025-01-01', '2025-01-01', 1
FROM unnest($2::uuid[], $3::jsonb[]) AS given (id, attributes)
"""
INSERT_FACTS = """
INSERT INTO facts (bucket, "offset", workspace_id, contact_id, kind, name, message_id, occurred_at, received_at,
    properties, origin, historical, depth)
SELECT 0, number, $1, id, 'event', 'generated', number, '2025-01-01', '2025-01-01', properties, 'api', false, 0
FROM unnest($2::uuid[], $3::jsonb[]) WITH ORDINALITY AS given (id, properties, number)
"""

Row = tuple[UUID, str, dict[str, Any]]


async def evaluate_sql(
    tx: Connection,
    tree: Condition,
    source: Source,
    *,
    captured: dict[str, Any],
    now: Any,
    zone: str,
    rare: Sequence[Test],
) -> dict[UUID, bool]:
    """Return what PostgreSQL says of each row, told that these tests are rarely met."""
    if source == "event":
        condition = compile_sql(
            tree,
            now=now,
            time_zone=zone,
            captured=captured,
            attributes=None,
            event="facts.properties",
            first_parameter=2,
        )
        table, id_column = "facts", "contact_id"
    else:
        condition = compile_sql(
            tree, now=now, time_zone=zone, captured=captured, first_parameter=2, rare=rare
        )
        table, id_column = "contacts", "id"
    rows = await tx.fetch(
        f"SELECT {id_column} AS id, {condition.text} AS holds FROM {table} WHERE workspace_id = $1",
        WORKSPACE,
        *condition.parameters,
    )
    return {row["id"]: row["holds"] for row in rows}


def evaluate_python(
    judge: Judge, rows: list[Row], source: Source, *, captured: dict[str, Any], now: Any, zone: str
) -> dict[UUID, bool]:
    """Return what Python says of each row, read back from the JSON that was stored."""
    found: dict[UUID, bool] = {}
    for id, _, values in rows:
        read = msgspec.json.decode(msgspec.json.encode(values))
        attributes, event = ({}, read) if source == "event" else (read, None)
        found[id] = judge(
            Subject(attributes=attributes, event=event, captured=captured, now=now, time_zone=zone)
        )
    return found


async def load_rows(
    tx: Connection, generator: Generator, type: ValueType, format: str | None, source: Source
) -> list[Row]:
    """Store generated contacts or facts, a few of each class, in place of those before, and return them."""
    await tx.execute("DELETE FROM contacts")
    await tx.execute("DELETE FROM facts")
    rows = [
        (derive_id("row", name, number), name, generator.properties(name, type, format))
        for name in CLASSES
        for number in range(PER_CLASS)
    ]
    statement = INSERT_FACTS if source == "event" else INSERT_CONTACTS
    await tx.execute(statement, WORKSPACE, [row[0] for row in rows], [row[2] for row in rows])
    return rows


def formats_of(type: ValueType) -> tuple[str | None, ...]:
    if type == "number":
        return (None, ".", ",")
    return {"date": (None, *FORMATS), "datetime": (None, *TIME_FORMATS)}.get(type, (None,))


def describe(tree: Condition, row: Row, captured: dict[str, Any], now: Any, zone: str) -> str:
    return f"{tree!r}\nover {row[2]!r}\ncaptured {captured!r} now {now} in {zone}"


async def compare_type(
    tx: Connection, type: ValueType, source: Source, seed: int
) -> Counter[tuple[str, str, bool]]:
    """Compare every operator of a type and return the number of cases by operator, class and outcome."""
    generator, cases = Generator(seed), Counter[tuple[str, str, bool]]()
    lower = await read_lowering(tx)
    await tx.execute("SELECT ensure_month_of_facts('2025-01-01')")
    for format in formats_of(type):
        rows = await load_rows(tx, generator, type, format, source)
        tests: list[Test] = []
        captured: dict[str, Any] = {}
        for operator in OPERATORS[type]:
            if not fits_format(type, operator, format):
                continue
            for _ in range(TESTS_PER_OPERATOR):
                test = generator.test(type, operator, source, captured, format)
                tests.append(test)
        trees: list[Condition] = [*tests, *(generator.tree(tests) for _ in range(20))]
        for tree in trees:
            moment = {"captured": captured, "now": generator.pick(*NOWS), "zone": generator.pick(*ZONES)}
            by_sql = await evaluate_sql(tx, tree, source, **moment, rare=tests[::2])
            by_python = evaluate_python(compile_condition(tree, lower=lower), rows, source, **moment)
            for row in rows:
                assert by_sql[row[0]] is by_python[row[0]], describe(tree, row, **moment)
                if isinstance(tree, Test) and tree.source == source:
                    cases[tree.operator, row[1], by_python[row[0]]] += 1
    return cases


def check_cases(type: ValueType, source: Source, cases: Counter[tuple[str, str, bool]]) -> None:
    """Raise unless each cell of the table was tried often enough, and each operator was both true and false."""
    lines: list[str] = []
    for operator in OPERATORS[type]:
        cells = (
            f"{name} {cases[operator, name, True]:>4} true {cases[operator, name, False]:>4} false"
            for name in CLASSES
        )
        lines.append(f"{type:>8} {operator:<22} {', '.join(cells)}")
    write_report(f"{type}-{source}", lines)
    for operator in OPERATORS[type]:
        for name in CLASSES:
            count = cases[operator, name, True] + cases[operator, name, False]
            assert count >= LEAST_CASES, f"{type} {operator} over {name}: only {count} cases"
        outcomes = [sum(cases[operator, name, holds] for name in CLASSES) for holds in (True, False)]
        assert all(outcomes), f"{type} {operator} was always {'true' if outcomes[0] else 'false'}"


@pytest.mark.parametrize("source", ["attribute", "event"])
@pytest.mark.parametrize("type", list(OPERATORS))
async def test_postgresql_and_python_say_the_same_of_every_value(
    tx: Connection, type: ValueType, source: Source
) -> None:
    check_cases(type, source, await compare_type(tx, type, source, seed=20251122))


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(20))
async def test_postgresql_and_python_say_the_same_for_many_seeds(tx: Connection, seed: int) -> None:
    for type in OPERATORS:
        await compare_type(tx, type, "attribute" if seed % 2 else "event", seed)


async def test_letters_are_lowered_as_the_server_lowers_them(tx: Connection) -> None:
    lower = await read_lowering(tx)
    texts = [chr(code) for code in range(1, 0x20000) if not 0xD800 <= code <= 0xDFFF]
    texts += ["ΣΑΣ", "İI", "STRASSE ẞ", "ÀÈÌÒÙ", "ǅ"]
    lowered = await tx.fetchval(
        "SELECT array_agg(lower(text) ORDER BY number) FROM unnest($1::text[]) WITH ORDINALITY AS given (text, number)",
        texts,
    )
    pairs = zip(texts, lowered, strict=True)
    assert [(text, lower(text), server) for text, server in pairs if lower(text) != server] == []
