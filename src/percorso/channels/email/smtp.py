"""Our own SMTP client: it can stop before the dot, which no library lets us do.

One recipient per transaction. MAIL and RCPT go in one packet where the server allows it; DATA waits for both answers,
so that a refused recipient never leads to a dot. The table of what each fault at each stage comes to is
`docs/architecture/courier.md`, and the test of it `tests/channels/email/test_faults.py`.
"""

import asyncio
import ssl
from base64 import b64encode
from typing import Literal, cast

import msgspec

from percorso.channels.email.replies import Replies, Reply, SmtpFault
from percorso.channels.model import (
    MARK_SECONDS,
    Accepted,
    AskMark,
    Doubtful,
    HandOver,
    NotMarked,
    Refused,
    Temporary,
    Withdrawn,
)
from percorso.kit.email_address import EmailAddress, EmailAddressError, parse_email_address


class Timeouts(msgspec.Struct, frozen=True, kw_only=True):
    """How long each part of a conversation may take, in seconds; `final` is from the dot to its answer."""

    connect: float = 30
    command: float = 60
    body: float = 180
    final: float = 600


class SmtpProvider(msgspec.Struct, frozen=True, kw_only=True):
    """A server that takes email, and how to reach it."""

    name: str
    host: str
    port: int
    security: Literal["none", "starttls", "tls"] = "none"
    user: str | None = None
    password: str | None = None
    authority: str | None = None
    """A PEM file with the certificates to trust instead of the system's, for a relay of one's own."""
    hello: str = "localhost"
    """The name we say in EHLO."""


class Letter(msgspec.Struct, frozen=True):
    """What one transaction carries: the envelope, and the bytes of the message, ending in CRLF."""

    sender: EmailAddress
    recipient: EmailAddress
    content: bytes


class StaleConnection(Exception):
    """A connection kept from before turned out to be dead before anything was said on it."""


class SmtpConnection:
    """One open conversation with a provider, good for one transaction after the other."""

    def __init__(self, transport: asyncio.Transport, replies: Replies, timeouts: Timeouts) -> None:
        self._transport = transport
        self._replies = replies
        self._timeouts = timeouts
        self._extensions: frozenset[str] = frozenset()
        self.used = 0
        """How many transactions were begun on it."""
        self.is_open = True

    @classmethod
    async def open(cls, provider: SmtpProvider, timeouts: Timeouts) -> "SmtpConnection":
        """Return a conversation that has said hello, encrypted and signed in as asked; raises SmtpFault."""
        loop = asyncio.get_running_loop()
        context = (
            ssl.create_default_context(cafile=provider.authority) if provider.security == "tls" else None
        )
        try:
            async with asyncio.timeout(timeouts.connect):
                transport, replies = await loop.create_connection(
                    Replies, provider.host, provider.port, ssl=context
                )
        except (OSError, TimeoutError) as error:
            raise SmtpFault(f"The server cannot be reached: {error or 'no answer in time'}.") from None
        connection = cls(transport, replies, timeouts)
        try:
            await connection._greet(provider)
        except BaseException:
            connection.abort()
            raise
        return connection

    async def _greet(self, provider: SmtpProvider) -> None:
        await self._expect(220)
        await self._say_hello(provider.hello)
        if provider.security == "starttls":
            await self._encrypt(provider)
        if provider.user is not None:
            await self._sign_in(provider)

    async def _expect(self, code: int) -> Reply:
        reply = await self._replies.read(self._timeouts.command)
        if reply.code != code:
            raise SmtpFault(str(reply))
        return reply

    async def _say_hello(self, name: str) -> None:
        self._write(f"EHLO {name}")
        reply = await self._replies.read(self._timeouts.command)
        if reply.code == 250:
            words = reply.text.upper().split()
            self._extensions = frozenset(words)
            return
        if reply.code // 100 != 5:
            raise SmtpFault(str(reply))
        self._write(f"HELO {name}")
        await self._expect(250)

    async def _encrypt(self, provider: SmtpProvider) -> None:
        self._write("STARTTLS")
        await self._expect(220)
        if not self._replies.is_silent:
            # Whatever came before the handshake was not protected by it (CVE-2011-0411).
            raise SmtpFault("The server spoke before the handshake.")
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._timeouts.connect):
                upgraded = await loop.start_tls(
                    self._transport,
                    self._replies,
                    ssl.create_default_context(cafile=provider.authority),
                    server_hostname=provider.host,
                )
        except (OSError, TimeoutError) as error:
            raise SmtpFault(f"The handshake failed: {error}.") from None
        self._transport = cast(asyncio.Transport, upgraded)
        await self._say_hello(provider.hello)

    async def _sign_in(self, provider: SmtpProvider) -> None:
        if provider.security == "none" and provider.host not in ("127.0.0.1", "::1", "localhost"):
            raise SmtpFault("A password is not sent without encryption.")
        secret = f"\0{provider.user}\0{provider.password or ''}".encode()
        self._write(f"AUTH PLAIN {b64encode(secret).decode()}")
        await self._expect(235)

    def _write(self, line: str) -> None:
        self._transport.write(f"{line}\r\n".encode("ascii"))

    async def hand_over(self, letter: Letter, ask_mark: AskMark) -> HandOver:
        """Carry one letter to its answer; asks for the mark when all but the dot is written.

        After anything but a plain answer the connection is closed. Raises StaleConnection where nothing was said yet.
        """
        try:
            if parse_email_address(letter.recipient) != letter.recipient:
                raise EmailAddressError("The address is not as it would be parsed.")
        except EmailAddressError as error:
            return Refused(str(error), reason="bad_address")
        self.used += 1
        try:
            refused = await self._begin(letter) or await self._write_content(letter.content)
        except SmtpFault as fault:
            self.abort()
            return Temporary(fault.reply)
        except BaseException:
            self.abort()
            raise
        return refused or await self._finish(ask_mark)

    async def _begin(self, letter: Letter) -> HandOver | None:
        """Name sender and recipient; return what the server has against them."""
        if self.used > 1 and not self._replies.is_silent:
            # Whatever it said since, the answers to come would be taken for others.
            self.abort()
            raise StaleConnection
        commands = (f"MAIL FROM:<{letter.sender}>", f"RCPT TO:<{letter.recipient}>")
        pipelining = "PIPELINING" in self._extensions
        try:
            self._write("\r\n".join(commands) if pipelining else commands[0])
            replies = [await self._replies.read(self._timeouts.command)]
        except SmtpFault:
            if self.used > 1:
                self.abort()
                raise StaleConnection from None
            raise
        if pipelining:
            replies.append(await self._replies.read(self._timeouts.command))
        elif replies[0].code // 100 == 2:
            self._write(commands[1])
            replies.append(await self._replies.read(self._timeouts.command))
        for reply in replies:
            if reply.code // 100 != 2:
                return await self._step_back(reply)
        return None

    async def _write_content(self, content: bytes) -> HandOver | None:
        """Write everything but the dot; return what the server has against it."""
        self._write("DATA")
        reply = await self._replies.read(self._timeouts.command)
        if reply.code != 354:
            return await self._step_back(reply)
        stuffed = content.replace(b"\r\n.", b"\r\n..")
        self._transport.write(b"." + stuffed if stuffed.startswith(b".") else stuffed)
        await self._replies.drain(self._timeouts.body)
        if self._replies.is_silent:
            return None
        early = await self._replies.read(self._timeouts.command)
        self.abort()
        return _judge_refusal(early)

    async def _finish(self, ask_mark: AskMark) -> HandOver:
        """Ask for the mark, write the dot, read the answer."""
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        try:
            marked = await ask_mark()
        except BaseException:
            self.abort()
            raise
        if not marked:
            self.abort()
            return NotMarked()
        if loop.time() - asked_at > MARK_SECONDS:
            self.abort()
            return Withdrawn("The mark came too late to be used.")
        if not self._replies.is_silent:
            self.abort()
            return Withdrawn("The server gave up before the dot.")
        try:
            self._transport.write(b".\r\n")
            reply = await self._replies.read(self._timeouts.final)
        except SmtpFault as fault:
            self.abort()
            return Doubtful(fault.reply)
        except BaseException:
            self.abort()
            raise
        if reply.code // 100 == 2:
            return Accepted(str(reply))
        if reply.code // 100 == 3:
            self.abort()
            return Doubtful(str(reply))
        if reply.code == 421:
            self.abort()
        return _judge_refusal(reply)

    async def _step_back(self, reply: Reply) -> HandOver:
        """End a transaction that was refused, and keep the conversation if the server does."""
        if reply.code // 100 not in (4, 5) or reply.code == 421:
            self.abort()
            return Temporary(str(reply))
        try:
            self._write("RSET")
            await self._expect(250)
        except SmtpFault:
            self.abort()
        return _judge_refusal(reply)

    def abort(self) -> None:
        """Drop the connection at once: nothing more leaves on it."""
        self.is_open = False
        self._transport.abort()

    async def close(self) -> None:
        """Say goodbye and close, without waiting longer than 2 s."""
        if not self.is_open:
            return
        self.is_open = False
        try:
            self._write("QUIT")
            await self._replies.read(2)
        except SmtpFault:
            pass
        finally:
            self._transport.abort()


def _judge_refusal(reply: Reply) -> HandOver:
    """Return what a 4xx or 5xx about one message comes to; policy refusals (5.7.x) are about us, and pass."""
    if reply.code // 100 == 5:
        return Temporary(str(reply), about="policy") if reply.is_policy else Refused(str(reply))
    return Temporary(str(reply), about="message" if reply.is_about_mailbox else "domain")
