"""The database: pool, named transactions, named queries, migrations, and the PostgreSQL that Percorso brings.

Words. A *commit point* is the name under which a transaction commits; the suite can kill a process just before
or just after it (`failpoints`). A *named query* is a block of a package's `queries.sql`.

Invariants. No transaction commits without a registered name. No SQL is built here at run time. The driver is
imported by this package and by `store.py` files, nowhere else.
"""

from asyncpg import PostgresConnectionError, PostgresError, Record

from percorso.db.database import Database, as_json, prepare_connection
from percorso.db.errors import DatabaseError
from percorso.db.migrate import migrate
from percorso.db.narrowed import NarrowedDatabase
from percorso.db.queries import Connection, Queries, load_queries

__all__ = [
    "Connection",
    "Database",
    "DatabaseError",
    "NarrowedDatabase",
    "PostgresConnectionError",
    "PostgresError",
    "Queries",
    "Record",
    "as_json",
    "load_queries",
    "migrate",
    "prepare_connection",
]
