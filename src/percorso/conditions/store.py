"""What conditions ask of the database: how it lowers letters."""

from typing import Final

from percorso.conditions.lowering import compile_lowering
from percorso.conditions.scalars import Lower
from percorso.db import Connection, load_queries

queries: Final = load_queries("percorso.conditions")


async def read_lowering(connection: Connection) -> Lower:
    """Return the lower case of this database's locale, for `compile_condition`; takes some 50 ms, once a process."""
    rows = await queries.fetch(connection, "list_lowered_letters")
    return compile_lowering((row["upper"], row["lower"]) for row in rows)
