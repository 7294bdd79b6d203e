"""The embedded mailbox: a real listener, which shows what really arrived."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import msgspec
import pytest

from percorso.channels.email.pool import SmtpPool
from percorso.channels.email.smtp import Letter
from percorso.channels.mailbox.listener import MailboxListener
from percorso.channels.mailbox.store import find_mail, list_mail, record_direct
from percorso.channels.model import Accepted, Temporary
from percorso.channels.push.model import Push, PushContent
from percorso.channels.sms.model import Sms
from percorso.db import Connection, Database
from percorso.db.clock import set_clock
from percorso.kit.email_address import parse_email_address
from tests.channels.email.test_mime import EMAIL
from tests.support.scene import NOW

from percorso.channels.email.mime import render_email  # isort: skip


async def yes() -> bool:
    return True


def letter(content: bytes) -> Letter:
    return Letter(EMAIL.sender_address, parse_email_address("maria@example.com"), content)


async def hand_over(database: Database, *contents: bytes) -> list[object]:
    async with database.transaction("test.commit") as connection:
        await set_clock(connection, product_at=NOW, rate=0)
    async with MailboxListener(database) as listener:
        pool = SmtpPool(listener.provider)
        outcomes = [await pool.hand_over(letter(content), yes) for content in contents]
        await pool.close()
    return outcomes


async def test_an_email_is_kept_byte_for_byte_and_opened(database: Database) -> None:
    raw = render_email(
        msgspec.structs.replace(EMAIL, subject="Però =?x?=", text=".\n..\nè\n", html="<p>è</p>")
    )
    (outcome,) = await hand_over(database, raw)

    assert isinstance(outcome, Accepted)
    async with database.connection() as connection:
        (line,) = await list_mail(connection, EMAIL.workspace_id)
        mail = await find_mail(connection, EMAIL.workspace_id, line.id)
        foreign = await find_mail(connection, uuid4(), line.id)
    assert (line.channel, line.received_at, line.sender, line.recipient, line.subject, line.message_id) == (
        "email",
        NOW,
        "ciao@bottega.example.com",
        "maria@example.com",
        "Però =?x?=",
        EMAIL.message_id,
    )
    assert mail is not None
    assert (mail.raw, mail.text, mail.html) == (raw, ".\n..\nè\n", "<p>è</p>\n")
    assert ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click") in mail.headers
    assert foreign is None


async def test_two_copies_are_shown_as_two(database: Database) -> None:
    raw = render_email(EMAIL)
    await hand_over(database, raw, raw)

    async with database.connection() as connection:
        lines = await list_mail(connection, EMAIL.workspace_id)
    assert [line.message_id for line in lines] == [EMAIL.message_id, EMAIL.message_id]


@pytest.mark.parametrize(
    "raw",
    [
        b"not a message at all\r\n",
        b"\x00\xff\xfe\r\n\r\n\r\n",
        b"Subject: =?utf-8?q?x=0D=0ABcc=3A_eve=40example.com?=\r\nMessage-ID: <x@y>\r\n\r\nx\r\n",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html; charset=nope\r\n\r\n\xff\r\n",
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n",
    ],
)
async def test_whatever_arrives_is_kept(database: Database, raw: bytes) -> None:
    (outcome,) = await hand_over(database, raw)

    assert isinstance(outcome, Accepted)
    async with database.connection() as connection:
        row = await connection.fetchrow("SELECT * FROM mailbox")
        assert row is not None
        assert (row["raw"], row["workspace_id"], row["message_id"]) == (raw, None, None)
        assert "\n" not in row["subject"]
        await connection.execute("UPDATE mailbox SET workspace_id = $1", EMAIL.workspace_id)
        mail = await find_mail(connection, EMAIL.workspace_id, row["id"])
    assert mail is not None
    assert mail.raw == raw


async def test_an_email_waits_for_a_database_that_comes_back_and_is_kept_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice the connection is lost: before anything was stored, and after the commit, before its answer came."""
    lost: list[str] = []

    class Flaky:
        @asynccontextmanager
        async def transaction(self, point: str) -> AsyncIterator[Connection]:
            if not lost:
                lost.append("before")
                raise ConnectionResetError
            async with database.transaction(point) as connection:
                yield connection
            if len(lost) == 1:
                lost.append("after")
                raise ConnectionResetError

    async with MailboxListener(Flaky()) as listener:  # type: ignore[arg-type]
        pool = SmtpPool(listener.provider)
        outcome = await pool.hand_over(letter(render_email(EMAIL)), yes)
        await pool.close()

    assert (isinstance(outcome, Accepted), lost) == (True, ["before", "after"])
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM mailbox") == 1


async def test_what_cannot_be_stored_is_refused_for_now(database: Database) -> None:
    async with MailboxListener(database, patience_seconds=0.3) as listener:
        pool = SmtpPool(listener.provider)
        await database.close()
        outcome = await pool.hand_over(letter(render_email(EMAIL)), yes)
        await pool.close()

    assert isinstance(outcome, Temporary)


async def test_the_list_goes_on_after_a_line_and_can_be_narrowed(tx: Connection) -> None:
    workspace_id = UUID(int=1)
    for number in range(5):
        sms = Sms(
            workspace_id=workspace_id,
            message_id=uuid4(),
            sender="Bottega",
            recipient=f"+3933300000{number % 2}",
            text=str(number),
        )
        await record_direct(tx, sms, received_at=NOW)
    first = await list_mail(tx, workspace_id, size=3)
    rest = await list_mail(tx, workspace_id, size=3, before=first[-1])
    assert len({line.id for line in first + rest}) == 5
    assert (len(first), len(rest)) == (3, 2)
    assert len(await list_mail(tx, workspace_id, recipient="+39333000001")) == 2
    assert await list_mail(tx, workspace_id, channel="email") == []
    assert await list_mail(tx, uuid4()) == []


async def test_a_push_is_kept_with_all_that_its_device_shows(tx: Connection) -> None:
    content = PushContent(
        title="Ordine \u2028 7",
        body='«"così"»\n',
        link="https://e.example/?a=1&b",
        image="https://e.example/i.png",
    )
    push = Push(
        workspace_id=UUID(int=1), message_id=uuid4(), sender="Bottega", recipient="token", content=content
    )
    await record_direct(tx, push, received_at=NOW)

    (line,) = await list_mail(tx, push.workspace_id, channel="push")
    mail = await find_mail(tx, push.workspace_id, line.id)

    assert mail is not None
    assert (line.subject, line.recipient, line.message_id) == ("Ordine \u2028 7", "token", push.message_id)
    assert (mail.push, mail.text, mail.html, mail.headers) == (content, content.body, "", ())
    assert await list_mail(tx, push.workspace_id, channel="sms") == []
