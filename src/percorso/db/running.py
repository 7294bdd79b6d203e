"""Finds the embedded PostgreSQL that another process of this machine runs."""

from pathlib import Path

import msgspec

from percorso.db.embedded import Endpoint, compile_url


def find_running_url(folder: Path, database: str = "percorso") -> str:
    """Return the address of the server that holds this data folder; whether it answers is another matter.

    Password included: never log it. The same user as the other process's can read it, nobody else.
    """
    endpoint = msgspec.json.decode((folder / "endpoint.json").read_bytes(), type=Endpoint)
    return compile_url(endpoint, database)
