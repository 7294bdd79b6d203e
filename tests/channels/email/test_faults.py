"""The table of what each fault at each stage comes to (docs/architecture/courier.md); the table is the test."""

from pathlib import Path
from typing import Final

import pytest

from percorso.channels.email.pool import SmtpPool
from percorso.channels.email.smtp import Letter, Timeouts
from percorso.channels.model import Accepted, Doubtful, HandOver, Refused, Temporary
from percorso.kit.email_address import parse_email_address
from tests.support.smtp_sink import ACTIONS, STAGES, Action, Fault, SmtpSink, Stage, make_certificate

T, R, D, A = Temporary, Refused, Doubtful, Accepted
EXPECTED: Final[dict[Stage, dict[Action, type[HandOver]]]] = {
    # Before the dot nothing can have left; only an answer about this very message refuses it for good.
    "banner": {"4xx": T, "5xx": T, "garbage": T, "reset": T, "close": T, "hang": T, "drip": T},
    "ehlo": {"4xx": T, "5xx": T, "garbage": T, "reset": T, "close": T, "hang": T, "drip": T},
    "starttls": {"4xx": T, "5xx": T, "garbage": T, "reset": T, "close": T, "hang": T, "drip": T},
    "auth": {"4xx": T, "5xx": T, "garbage": T, "reset": T, "close": T, "hang": T, "drip": T},
    "mail": {"4xx": T, "5xx": R, "garbage": T, "reset": T, "close": T, "hang": T, "drip": T},
    "rcpt": {"4xx": T, "5xx": R, "garbage": T, "reset": T, "close": T, "hang": T, "drip": T},
    "data": {"4xx": T, "5xx": R, "garbage": T, "reset": T, "close": T, "hang": T, "drip": T},
    # After the dot only a whole answer ends the doubt.
    "dot": {"4xx": T, "5xx": R, "garbage": D, "reset": D, "close": D, "hang": D, "drip": D},
    "stored": {"4xx": T, "5xx": R, "garbage": D, "reset": D, "close": D, "hang": D, "drip": D},
    "half": {"4xx": D, "5xx": D, "garbage": D, "reset": D, "close": D, "hang": D, "drip": D},
    "after": {"4xx": A, "5xx": A, "garbage": A, "reset": A, "close": A, "hang": A, "drip": A},
}
AT_LAST: Final = frozenset({"stored", "half", "after"})
"""Stages at which the message is stored at the other side."""

FAST = Timeouts(connect=5, command=0.4, body=1.5, final=0.4)
LETTER = Letter(
    parse_email_address("ciao@bottega.example.com"),
    parse_email_address("maria@example.com"),
    b"Subject: x\r\n\r\n.leading dot\r\n" + b"line of the body\r\n" * 600_000,
)
SMALL = Letter(LETTER.sender, LETTER.recipient, b"Subject: x\r\n\r\n.leading dot\r\nend\r\n")


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("sink"))


async def hand_over(sink: SmtpSink, letter: Letter, *, signed_in: bool) -> tuple[HandOver, int]:
    """Return the outcome and how many marks were asked for."""
    asked = 0

    async def ask_mark() -> bool:
        nonlocal asked
        asked += 1
        return True

    provider = sink.provider("starttls", user="u", password="p") if signed_in else sink.provider()
    pool = SmtpPool(provider, FAST)
    outcome = await pool.hand_over(letter, ask_mark)
    await pool.close()
    return outcome, asked


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage != "body"])
async def test_a_fault_comes_to_what_the_table_says(
    stage: Stage, action: Action, pipelining: bool, tls: tuple[Path, Path]
) -> None:
    signed_in = stage in ("starttls", "auth")
    async with SmtpSink(Fault(stage, action), pipelining=pipelining, tls=tls) as sink:
        outcome, marks = await hand_over(sink, SMALL, signed_in=signed_in)

    assert type(outcome) is EXPECTED[stage][action]
    assert len(sink.received) == (1 if stage in AT_LAST else 0)
    assert marks == (1 if stage in AT_LAST or stage == "dot" else 0)


@pytest.mark.parametrize("action", ACTIONS)
async def test_a_fault_while_the_body_is_written_leaves_nothing_marked(action: Action) -> None:
    async with SmtpSink(Fault("body", action)) as sink:
        outcome, marks = await hand_over(sink, LETTER, signed_in=False)

    assert type(outcome) is (Refused if action == "5xx" else Temporary)
    assert (marks, sink.received) == (0, [])


async def test_the_whole_message_arrives_byte_for_byte_under_its_envelope(tls: tuple[Path, Path]) -> None:
    async with SmtpSink(tls=tls) as sink:
        outcome, marks = await hand_over(sink, SMALL, signed_in=True)

    assert (type(outcome), marks) == (Accepted, 1)
    (received,) = sink.received
    assert (received.sender, received.recipient) == ("<ciao@bottega.example.com>", "<maria@example.com>")
    assert received.content == b"ubject: x\r\n\r\n..leading dot\r\nend\r\n.\r\n"


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("450 4.2.0 greylisted", T("450 4.2.0 greylisted")),
        ("451 try later", T("451 try later")),
        ("421 4.7.0 too many connections", T("421 4.7.0 too many connections")),
        ("450 4.2.1 shut", T("450 4.2.1 shut", about="message")),
        ("452 4.2.2 full", T("452 4.2.2 full", about="message")),
        ("452 4.2.3 too long", T("452 4.2.3 too long", about="message")),
        ("452 4.2.22 strange", T("452 4.2.22 strange")),
        ("550 5.7.1 blocked", T("550 5.7.1 blocked", about="policy")),
        ("550 5.2.2 full", R("550 5.2.2 full")),
    ],
)
async def test_an_answer_is_about_the_domain_unless_it_names_the_mailbox_or_a_policy(
    reply: str, outcome: HandOver
) -> None:
    async with SmtpSink() as sink:
        sink.answer_recipient = lambda _recipient: reply
        assert await hand_over(sink, SMALL, signed_in=False) == (outcome, 0)
