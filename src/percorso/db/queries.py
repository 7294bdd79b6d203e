"""Named queries: reads a package's `queries.sql` and runs its blocks by name.

A block is `-- name: verb_thing`, comment lines that explain it, then one statement with parameters `:name`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from asyncpg import Record
from asyncpg.pool import PoolConnectionProxy
from asyncpg.connection import Connection as PlainConnection

from percorso.db.errors import QueryError

type_alias = PlainConnection[Record] | PoolConnectionProxy[Record]
Connection = type_alias
