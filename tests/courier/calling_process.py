"""Who makes calls, in a process of its own, to be killed: `python -m tests.courier.calling_process DATABASE_URL HOST:PORT SECRET`."""

import asyncio
import sys

from percorso.channels.web.client import WebClient
from percorso.courier.calling import call_all
from percorso.db import Database
from percorso.journeys.calls.signing import Seal


async def main(url: str, host: str, secret: str) -> None:
    database = await Database.open(url, name="caller under test")
    try:
        await call_all(database, WebClient(private_hosts=(host,)), Seal(secret), begin_seconds=60)
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
