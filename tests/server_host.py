"""Holds the PostgreSQL of one test run until that run's process is gone: `python -m tests.server_host FOLDER`."""

import asyncio
import os
import sys
from pathlib import Path

from percorso.db.embedded import FLEETING_SETTINGS, EmbeddedServer


def wait_for_end(folder: Path) -> None:
    """Return when no process holds the run's pipe open any more."""
    with (folder / "alive").open("rb") as pipe:
        pipe.read()


async def host(folder: Path) -> None:
    """Run the server, print its address, and end it with the run."""
    server = EmbeddedServer(folder / "server", settings=FLEETING_SETTINGS)
    await server.start()
    try:
        os.write(1, f"{server.url('postgres')}\n".encode())
        os.close(1)
        await asyncio.to_thread(wait_for_end, folder)
    finally:
        await server.stop()
        (folder / "hosted").unlink(missing_ok=True)


if __name__ == "__main__":
    run_folder = Path(sys.argv[1])
    asyncio.run(host(run_folder))
