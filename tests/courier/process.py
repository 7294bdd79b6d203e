"""A courier in a process of its own, to be killed: `python -m tests.courier.process DATABASE_URL PORT`."""

import asyncio
import sys

from percorso.channels.email.smtp import SmtpProvider
from percorso.courier.main import hand_over_all
from percorso.db import Database


async def main(url: str, port: int) -> None:
    database = await Database.open(url, name="courier under test")
    try:
        await hand_over_all(
            database, provider=SmtpProvider(name="sink", host="127.0.0.1", port=port), slots=2
        )
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
