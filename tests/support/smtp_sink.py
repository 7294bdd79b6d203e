"""An SMTP server that misbehaves on demand: at each stage of a conversation, in each of seven ways (trust §2.4).

It notes what it was given before it answers, so that a checker can say what really left.
"""

import asyncio
import contextlib
import datetime
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, Literal, Self

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from percorso.channels.email.smtp import SmtpProvider

Stage = Literal[
    "banner", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "body", "dot", "stored", "half", "after"
]
"""Where the fault is. body: while the message is written. dot: after it, before storing. stored: stored, not answered.
half: after half a 250. after: after the whole 250."""
Action = Literal["4xx", "5xx", "garbage", "reset", "close", "hang", "drip", "policy"]
"""How it goes wrong; `policy` refuses us, not the mailbox."""

STAGES: Final[tuple[Stage, ...]] = (
    "banner", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "body", "dot", "stored", "half", "after",
)  # fmt: skip
ACTIONS: Final[tuple[Action, ...]] = ("4xx", "5xx", "garbage", "reset", "close", "hang", "drip")


class Fault(msgspec.Struct, frozen=True):
    """What goes wrong, where, and how often before the sink behaves."""

    stage: Stage
    action: Action
    times: int = 1_000_000


class Received(msgspec.Struct, frozen=True):
    """One message that was stored."""

    sender: str
    recipient: str
    content: bytes


class _EndOfConversationError(Exception):
    """The sink has nothing more to say."""


class SmtpSink:
    """A server on loopback for as long as `async with` lasts."""

    def __init__(
        self, fault: Fault | None = None, *, pipelining: bool = True, tls: tuple[Path, Path] | None = None
    ) -> None:
        self.fault = fault
        self.received: list[Received] = []
        self.commands: list[str] = []
        self.conversations = 0
        self.answer_recipient: Callable[[str], str | None] | None = None
        """Returns what is said of a recipient instead of 250, None where they are welcome."""
        self.before_data: Callable[[], Awaitable[None]] | None = None
        """Done when the message is about to be written: what happens meanwhile elsewhere."""
        self._faults_left = fault.times if fault else 0
        self._pipelining = pipelining
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def provider(self, security: Literal["none", "starttls"] = "none", **more: str) -> SmtpProvider:
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        authority = str(self._tls[0]) if self._tls else None
        return SmtpProvider(
            name="sink", host="127.0.0.1", port=port, security=security, authority=authority, **more
        )

    async def __aenter__(self) -> Self:
        listening = socket.socket(proto=socket.IPPROTO_TCP)
        # So that a long message does not fit between the two sides.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        listening.bind(("127.0.0.1", 0))
        self._server = await asyncio.start_server(self._begin, sock=listening)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def hang_up(self) -> None:
        """Close every conversation, and return when the other sides can know."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for _ in range(10):
            await asyncio.sleep(0)

    async def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.conversations += 1
        ends = (_EndOfConversationError, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError)
        with contextlib.suppress(*ends):
            await self._converse(reader, writer)
        writer.transport.abort()
        with contextlib.suppress(*ends):
            await writer.wait_closed()

    async def _fail(self, stage: Stage, writer: asyncio.StreamWriter) -> bool:
        """Do what is to go wrong here; return whether something did that took the answer's place."""
        if self.fault is None or self.fault.stage != stage or self._faults_left <= 0:
            return False
        self._faults_left -= 1
        match self.fault.action:
            case "4xx":
                writer.write(b"450 4.3.0 later\r\n")
            case "5xx":
                writer.write(b"550 5.1.1 no\r\n")
            case "policy":
                writer.write(b"550 5.7.1 blocked\r\n")
            case "garbage":
                writer.write(b"\x00\xff what is this\r\n")
            case "reset":
                writer.transport.abort()
                raise _EndOfConversationError
            case "close":
                await writer.drain()
                writer.close()
                raise _EndOfConversationError
            case "hang":
                await asyncio.Event().wait()
            case "drip":
                for byte in b"250-slow\r\n" * 50:
                    writer.write(bytes((byte,)))
                    await writer.drain()
                    await asyncio.sleep(0.05)
        await writer.drain()
        return True

    async def _answer(self, stage: Stage, writer: asyncio.StreamWriter, reply: bytes) -> bool:
        if await self._fail(stage, writer):
            return False
        writer.write(reply)
        await writer.drain()
        return True

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._answer("banner", writer, b"220 sink ready\r\n")
        sender = recipient = ""
        while line := await reader.readline():
            command = line.decode("latin-1").rstrip("\r\n")
            self.commands.append(command)
            verb = command.split(" ")[0].upper()
            if verb in ("EHLO", "HELO"):
                extra = b"250-PIPELINING\r\n" if self._pipelining else b""
                await self._answer(
                    "ehlo", writer, b"250-sink\r\n" + extra + b"250-STARTTLS\r\n250 AUTH PLAIN\r\n"
                )
            elif verb == "STARTTLS":
                if await self._answer("starttls", writer, b"220 go\r\n"):
                    await self._encrypt(writer)
            elif verb == "AUTH":
                await self._answer("auth", writer, b"235 ok\r\n")
            elif verb == "MAIL":
                sender = command.partition(":")[2]
                await self._answer("mail", writer, b"250 ok\r\n")
            elif verb == "RCPT":
                recipient = command.partition(":")[2]
                said = self.answer_recipient and self.answer_recipient(recipient.strip("<>"))
                await self._answer("rcpt", writer, f"{said or '250 ok'}\r\n".encode())
            elif verb == "DATA":
                await self._take(reader, writer, sender, recipient)
            elif verb == "QUIT":
                writer.write(b"221 bye\r\n")
                return
            else:
                writer.write(b"250 ok\r\n")

    async def _encrypt(self, writer: asyncio.StreamWriter) -> None:
        assert self._tls is not None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self._tls)
        await writer.start_tls(context)

    async def _take(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sender: str, recipient: str
    ) -> None:
        if self.before_data is not None:
            await self.before_data()
        if not await self._answer("data", writer, b"354 go on\r\n"):
            return
        await reader.readexactly(1)
        if self.fault is not None and self.fault.stage == "body":
            await self._fail("body", writer)
        content = b""
        while not content.endswith(b"\r\n.\r\n"):
            chunk = await reader.read(65536)
            if not chunk:
                raise _EndOfConversationError
            content += chunk
        if await self._fail("dot", writer):
            return
        self.received.append(Received(sender, recipient, content))
        if await self._fail("stored", writer):
            return
        if self.fault is not None and self.fault.stage == "half":
            writer.write(b"25")
            await writer.drain()
            if await self._fail("half", writer):
                return
        writer.write(b"250 2.0.0 stored\r\n")
        await writer.drain()
        await self._fail("after", writer)


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for 127.0.0.1 that trusts itself, and its key; return both paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink")])
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "sink.pem", folder / "sink.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths
