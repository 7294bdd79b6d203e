"""Errors of the database layer.

DatabaseError
├── QueryError            a query is unknown, or its parameters do not match
├── UnnamedCommitError    a transaction has no registered commit point
├── NarrowedError         a narrowed member asked for what is of the whole workspace
├── MigrationError        the schema and the migration files disagree
└── EmbeddedServerError   the embedded PostgreSQL cannot run
    ├── FolderInUseError
    └── FolderVersionError
"""

from pathlib import Path


class DatabaseError(Exception):
    """Root of what `percorso.db` raises itself; PostgreSQL's own errors pass through untranslated."""

    code = "database_error"


class QueryError(DatabaseError):
    """A named query does not exist, or was called with other parameters than it names."""

    code = "query_error"


class UnnamedCommitError(DatabaseError):
    """A transaction was opened under a name that `percorso.db.failpoints` does not list."""

    code = "unnamed_commit"


class NarrowedError(DatabaseError):
    """A member who is narrowed to some lists or nodes asked for what is of the whole workspace."""

    code = "narrowed"

    def __init__(self) -> None:
        super().__init__(
            "This concerns the whole workspace, and you are narrowed to some of its lists or nodes. "
            "Ask an owner or an admin."
        )


class MigrationError(DatabaseError):
    """The database was migrated with other files than these; the message names the file and the remedy."""

    code = "migration_error"


class EmbeddedServerError(DatabaseError):
    """The embedded PostgreSQL cannot be prepared or does not answer; the message ends with its own words."""

    code = "embedded_server_error"


class FolderInUseError(EmbeddedServerError):
    """Another process serves this data folder."""

    code = "folder_in_use"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"The data folder {folder} is in use by another Percorso. Stop that one, or choose another folder "
            "with PERCORSO_DATA."
        )


class FolderVersionError(EmbeddedServerError):
    """The data folder was made by another major version of PostgreSQL."""

    code = "folder_version"

    def __init__(self, folder: Path, *, found: str, expected: str) -> None:
        self.folder = folder
        self.found = found
        self.expected = expected
        super().__init__(
            f"The data folder {folder} holds a database of PostgreSQL {found}; this Percorso brings {expected}. "
            "Export it with the version that made it, or choose another folder with PERCORSO_DATA."
        )
