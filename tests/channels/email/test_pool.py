"""Kept connections: used again, replaced when they died, never trusted with a stranger's answer."""

import asyncio

import pytest

from percorso.channels.email.pool import SmtpPool
from percorso.channels.email.smtp import Letter, Timeouts
from percorso.channels.model import Accepted, HandOver, NotMarked, Refused, Temporary, Withdrawn
from percorso.kit.email_address import EmailAddress, parse_email_address
from tests.support.smtp_sink import Fault, SmtpSink, Stage

FAST = Timeouts(connect=5, command=2, body=2, final=2)
LETTER = Letter(
    parse_email_address("ciao@bottega.example.com"),
    parse_email_address("maria@example.com"),
    b"Subject: x\r\n\r\nend\r\n",
)


async def yes() -> bool:
    return True


async def test_a_connection_is_used_again() -> None:
    async with SmtpSink() as sink:
        pool = SmtpPool(sink.provider(), FAST)
        outcomes = [type(await pool.hand_over(LETTER, yes)) for _ in range(3)]
        await pool.close()

    assert outcomes == [Accepted] * 3
    assert (sink.conversations, len(sink.received)) == (1, 3)


async def test_a_refused_recipient_leaves_the_connection_usable() -> None:
    async with SmtpSink(Fault("rcpt", "5xx", times=1)) as sink:
        pool = SmtpPool(sink.provider(), FAST)
        outcomes = [type(await pool.hand_over(LETTER, yes)) for _ in range(2)]
        await pool.close()

    assert outcomes == [Refused, Accepted]
    assert sink.conversations == 1
    assert "RSET" in sink.commands


async def test_a_connection_that_died_unnoticed_is_replaced() -> None:
    async with SmtpSink(Fault("after", "close", times=1)) as sink:
        pool = SmtpPool(sink.provider(), FAST)
        first = await pool.hand_over(LETTER, yes)
        second = await pool.hand_over(LETTER, yes)
        await pool.close()

    assert (type(first), type(second), sink.conversations) == (Accepted, Accepted, 2)


async def test_a_word_too_many_is_not_taken_for_the_next_answer() -> None:
    async with SmtpSink(Fault("after", "5xx", times=1)) as sink:
        pool = SmtpPool(sink.provider(), FAST)
        first = await pool.hand_over(LETTER, yes)
        for _ in range(10):
            await asyncio.sleep(0)
        second = await pool.hand_over(LETTER, yes)
        await pool.close()

    assert (type(first), type(second), len(sink.received)) == (Accepted, Accepted, 2)


async def test_without_a_mark_there_is_no_dot() -> None:
    async def no() -> bool:
        return False

    async with SmtpSink() as sink:
        pool = SmtpPool(sink.provider(), FAST)
        outcome = await pool.hand_over(LETTER, no)
        await pool.close()

    assert (outcome, sink.received) == (NotMarked(), [])


async def test_a_mark_that_took_too_long_is_withdrawn() -> None:
    loop = asyncio.get_running_loop()

    async def slow() -> bool:
        # The clock moves by itself: nobody waits.
        real = loop.time
        loop.time = lambda: real() + 1.5  # type: ignore[method-assign]
        return True

    async with SmtpSink() as sink:
        pool = SmtpPool(sink.provider(), FAST)
        outcome = await pool.hand_over(LETTER, slow)
        del loop.time
        await pool.close()

    assert (type(outcome), sink.received) == (Withdrawn, [])


async def test_a_server_that_leaves_while_the_mark_is_made_gets_no_dot() -> None:
    outcome: HandOver | None = None
    async with SmtpSink() as sink:
        pool = SmtpPool(sink.provider(), FAST)

        async def leave() -> bool:
            await sink.hang_up()
            return True

        outcome = await pool.hand_over(LETTER, leave)
        await pool.close()

    assert (type(outcome), sink.received) == (Withdrawn, [])


async def test_an_address_that_is_not_as_it_would_be_parsed_is_not_said() -> None:
    async with SmtpSink() as sink:
        pool = SmtpPool(sink.provider(), FAST)
        for address in ("maria@EXAMPLE.com", '"a,b"@example.com', "a@b.it>\r\nRCPT TO:<eve@example.com", "x"):
            outcome = await pool.hand_over(Letter(LETTER.sender, EmailAddress(address), LETTER.content), yes)
            assert isinstance(outcome, Refused)
            assert outcome.reason == "bad_address"
        await pool.close()

    assert [command for command in sink.commands if command.startswith("RCPT")] == []


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
async def test_a_refusal_of_us_is_no_refusal_of_the_mailbox(stage: Stage) -> None:
    async with SmtpSink(Fault(stage, "policy")) as sink:
        pool = SmtpPool(sink.provider(), FAST)
        outcome = await pool.hand_over(LETTER, yes)
        await pool.close()

    assert outcome == Temporary("550 5.7.1 blocked", about="policy")
