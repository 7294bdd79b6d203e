"""A courier that works longer than its lease keeps what it holds, and nobody else takes it."""

from percorso.courier.main import open_courier
from percorso.db import Database
from tests.support.scene import read_message, ready_message
from tests.support.smtp_sink import SmtpSink


async def test_a_claim_is_renewed_while_the_message_is_under_way(database: Database) -> None:
    _, _, message_id = await ready_message(database)
    seen: list[tuple[str, bool]] = []
    async with (
        SmtpSink() as sink,
        open_courier(database, public_url="http://localhost:8000", provider=sink.provider()) as courier,
    ):

        async def renew() -> None:
            before = await read_message(database, message_id)
            await courier.renew()
            after = await read_message(database, message_id)
            seen.append((after["state"], after["claimed_until"] > before["claimed_until"]))

        sink.before_data = renew
        assert await courier.take() == 1
        while courier.held:
            await courier.wait(1)

    assert seen == [("claimed", True)]
    assert len(sink.received) == 1
    assert (await read_message(database, message_id))["state"] == "accepted"
