"""What conditions ask of the database: how it lowers letters, and which tests few contacts meet."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from percorso.conditions.lowering import compile_lowering
from percorso.conditions.model import Condition, Test
from percorso.conditions.rarity import SAMPLED, choose_rare, list_decisive_tests
from percorso.conditions.scalars import Lower
from percorso.conditions.sql import compile_sql
from percorso.db import Connection, load_queries

queries: Final = load_queries("percorso.conditions")

_PERCENT: Final = "100 /* percent */"
_TESTS: Final = "/* , tests */"


async def read_lowering(connection: Connection) -> Lower:
    """Return the lower case of this database's locale, for `compile_condition`; takes some 50 ms, once a process."""
    rows = await queries.fetch(connection, "list_lowered_letters")
    return compile_lowering((row["upper"], row["lower"]) for row in rows)


async def find_rare_tests(
    connection: Connection, workspace_id: UUID, tree: Condition, *, now: datetime, time_zone: str
) -> tuple[Test, ...]:
    """Return the tests of a tree that few contacts of the workspace meet, for `compile_sql`; takes some milliseconds.

    Of a tree that would gain nothing, or of few contacts, it returns none. Raises ConditionError.
    """
    tests = list_decisive_tests(tree)
    known = await queries.fetch_value(connection, "estimate_contacts") if tests else 0
    if known < SAMPLED:
        return ()
    arguments = queries.arguments("count_sampled", {"workspace_id": workspace_id})
    text, parameters = "", list[Any](arguments)
    for test in tests:
        asked = compile_sql(test, now=now, time_zone=time_zone, first_parameter=len(parameters) + 1)
        text += f", count(*) FILTER (WHERE {asked.text})"
        parameters += asked.parameters
    counting = queries.sql("count_sampled").replace(_PERCENT, f"{100 * SAMPLED / known:.6f}")
    row = await connection.fetchrow(counting.replace(_TESTS, text), *parameters)
    assert row is not None, "a count is one row"
    people, *meeting = row
    return choose_rare(tests, people, meeting)
