"""What an SMTP server says, read as it comes: so that an answer given too early is seen before the dot."""

import asyncio
import re
from collections import deque

import msgspec

_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)
_MAXIMUM_LINE = 2048
_MAXIMUM_LINES = 100
_ENHANCED = re.compile(r"[245]\.(\d{1,3})\.\d{1,3}\b")
_ONE_MAILBOX = re.compile(r"4\.2\.[123]\b")


class SmtpFault(Exception):
    """The conversation cannot go on: connection lost, silence, or something that is not SMTP."""

    code = "smtp_fault"

    def __init__(self, reply: str) -> None:
        self.reply = reply
        super().__init__(reply)


class Reply(msgspec.Struct, frozen=True):
    """One whole reply: its code, and its lines without codes, printable and shortened."""

    code: int
    text: str

    @property
    def is_policy(self) -> bool:
        """Whether a 5.7.x status refuses us rather than the mailbox (RFC 3463 §3.8)."""
        found = _ENHANCED.match(self.text)
        return found is not None and found[1] == "7"

    @property
    def is_about_mailbox(self) -> bool:
        """Whether a 4.2.1 to 4.2.3 status speaks of one mailbox: shut, full, or too small (RFC 3463 §3.3)."""
        return _ONE_MAILBOX.match(self.text) is not None

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()


class Replies(asyncio.Protocol):
    """The reading side of one connection; also knows when the writing side must wait."""

    def __init__(self) -> None:
        self._waiting: deque[Reply] = deque()
        self._buffer = b""
        self._lines: list[bytes] = []
        self._fault: str | None = None
        self._changed = asyncio.Event()
        self._may_write = True

    @property
    def is_silent(self) -> bool:
        """Whether the server is there and has said nothing that was not read yet, not even half a line."""
        return not (self._waiting or self._buffer or self._lines or self._fault)

    def data_received(self, data: bytes) -> None:
        """Gather lines into replies; what is not SMTP ends the conversation."""
        if self._fault is not None:
            return
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            self._read_line(line.removesuffix(b"\r"))
        if len(self._buffer) > _MAXIMUM_LINE:
            self._fail("The server's line is too long.")
        self._changed.set()

    def _read_line(self, line: bytes) -> None:
        found = _LINE.fullmatch(line)
        if found is None or len(line) > _MAXIMUM_LINE or len(self._lines) >= _MAXIMUM_LINES:
            self._fail("The server does not speak SMTP.")
            return
        self._lines.append(found[3] or b"")
        if found[2] != b"-":
            text = " ".join(part.decode("ascii", "replace") for part in self._lines)
            printable = "".join(character if character.isprintable() else "?" for character in text)
            self._waiting.append(Reply(int(found[1]), printable[:500]))
            self._lines = []

    def _fail(self, sentence: str) -> None:
        self._fault = self._fault or sentence
        self._changed.set()

    def eof_received(self) -> bool:
        """Take the end of what the server says as the end of the conversation."""
        self._fail("The server closed the connection.")
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake whoever waits, to learn that nothing more comes."""
        self._fail("The connection was lost." if exc else "The server closed the connection.")

    def pause_writing(self) -> None:
        """Make writers wait: the server takes less than it is given."""
        self._may_write = False

    def resume_writing(self) -> None:
        """Let writers go on."""
        self._may_write = True
        self._changed.set()

    async def drain(self, seconds: float) -> None:
        """Wait until more may be written, or the server says something.

        Raises SmtpFault after `seconds`, or when the connection is gone without a word.
        """
        try:
            async with asyncio.timeout(seconds):
                while not self._may_write and self.is_silent:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise SmtpFault("The server did not take the message in time.") from None
        if self._fault is not None and not self._waiting:
            raise SmtpFault(self._fault)

    async def read(self, seconds: float) -> Reply:
        """Return the next whole reply; raises SmtpFault when none comes within `seconds`, drip by drip or not."""
        try:
            async with asyncio.timeout(seconds):
                while not self._waiting:
                    if self._fault is not None:
                        raise SmtpFault(self._fault)
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise SmtpFault("The server did not answer in time.") from None
        return self._waiting.popleft()
