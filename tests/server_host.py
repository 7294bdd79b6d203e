"""Holds the PostgreSQL of one test run until that run's process is gone: `python -m tests.server_host FOLDER`."""

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

from percorso.db.embedded import FLEETING_SETTINGS, EmbeddedServer
from percorso.db.embedded_files import Binaries


def wait_for_end(folder: Path) -> None:
    """Return when no process holds the run's pipe open any more."""
    with (folder / "alive").open("rb") as pipe:
        pipe.read()


def find_other_binaries() -> Binaries | None:
    """Return the binaries that PERCORSO_TEST_POSTGRES names (a folder with `bin` in it), else None."""
    named = os.environ.get("PERCORSO_TEST_POSTGRES")
    if not named:
        return None
    command = [str(Path(named) / "bin" / "postgres"), "--version"]
    version = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return Binaries(folder=Path(named), major_version=version.split()[2].partition(".")[0])


async def host(folder: Path) -> None:
    """Run the server, print its address, and end it with the run."""
    server = EmbeddedServer(folder / "server", settings=FLEETING_SETTINGS, binaries=find_other_binaries())
    await server.start()
    try:
        os.write(1, f"{server.url('postgres')}\n".encode())
        os.close(1)
        await asyncio.to_thread(wait_for_end, folder)
    finally:
        await server.stop()
        # Here and not where the run ends: of a run that was killed nothing may stay either, in memory least of all.
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    run_folder = Path(sys.argv[1])
    asyncio.run(host(run_folder))
