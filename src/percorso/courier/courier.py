"""One courier: takes messages, carries them, says what came of it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import uuid4

import structlog
from msgspec.structs import replace

from percorso.channels.email.pool import SmtpPool
from percorso.channels.email.smtp import Letter
from percorso.channels.mailbox.direct import DirectMailbox
from percorso.channels.model import HandOver, NotMarked, Temporary
from percorso.consent.standing import StandingRequest, read_standings
from percorso.content.errors import RenderFaultError, UnknownTemplateError
from percorso.content.render import TemplateCache
from percorso.content.store import get_version, read_current_numbers
from percorso.content.tokens import TokenKeys
from percorso.courier.cargo import Cargo, Ready, load_cargo
from percorso.courier.hours import Hours
from percorso.courier.journal import Journal
from percorso.db import Connection, Database
from percorso.db.away import is_database_away
from percorso.db.clock import read_clock, read_product_time
from percorso.deliverability.model import Destination
from percorso.deliverability.store import find_wait
from percorso.kit.email_address import domain_of
from percorso.messages.actions import claim_messages, renew_claims
from percorso.messages.caps.actions import read_rooms
from percorso.messages.ceilings.actions import list_kept_back
from percorso.messages.circumstances import Circumstances, find_address
from percorso.messages.hold import ASK_AGAIN, Opening, decide_hold, fail
from percorso.messages.model import Message
from percorso.messages.result import Change, Tries, decide_result
from percorso.messages.store import read_circumstances, read_situations, read_tries

RENEW_SECONDS: Final = 4.0

logger = structlog.get_logger()


class Courier:
    """Claims and carries messages: `slots` at a time are handed over, as many again wait for a slot."""

    def __init__(
        self,
        database: Database,
        *,
        public_url: str,
        keys: TokenKeys,
        pool: SmtpPool,
        slots: int = 8,
        patience: int = 1_000_000,
    ) -> None:
        self.id = uuid4()
        self._database = database
        self._public_url = public_url
        self._keys = keys
        self._pool = pool
        self._mailbox = DirectMailbox(database)
        self._slots = slots
        self._free = asyncio.Semaphore(slots)
        self._templates = TemplateCache()
        self._hours = Hours()
        self.journal = Journal(database, courier_id=self.id, provider=pool.provider.name, patience=patience)
        self._held: dict[asyncio.Task[None], Message] = {}
        self._wary: set[Destination] = set()
        """Where it heard a no since it last claimed: who is next for there looks first."""
        self.last_error: BaseException | None = None
        """What made it drop a message: a fault of ours or of the database, never of a provider."""

    @property
    def held(self) -> int:
        """How many messages it holds."""
        return len(self._held)

    async def take(self) -> int:
        """Claim as many due messages as there is room for, begin to carry them, and return how many."""
        room = 2 * self._slots - len(self._held)
        if room < self._slots:
            # Claiming one by one as slots fall free would cost more than carrying.
            return 0
        async with self._database.transaction("courier.claim") as connection:
            clock = await read_clock(connection)
            messages = await claim_messages(
                connection,
                courier_id=self.id,
                provider=self.journal.provider,
                now=clock.product_at,
                real=clock.real_at,
                size=room,
            )
        self._wary.clear()
        if not messages:
            return 0
        async with self._database.snapshot() as connection:
            ready = await self._prepare(connection, messages)
        for each in ready:
            task = asyncio.create_task(self._carry_in_turn(each))
            self._held[task] = each.message
            task.add_done_callback(self._let_go)
        return len(messages)

    def _let_go(self, task: asyncio.Task[None]) -> None:
        self._held.pop(task, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The claim lapses and the mark, if there is one, is judged: nothing is lost with this task.
            self.last_error = error
            logger.error("courier.message_dropped", error=repr(error))

    async def wait(self, seconds: float) -> None:
        """Return when a message is done with, at the latest after `seconds`."""
        if self._held:
            await asyncio.wait(self._held, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(seconds)

    async def finish(self, seconds: float) -> None:
        """Carry what is held to its end, and drop after `seconds` what has not ended."""
        if self._held:
            await asyncio.wait(tuple(self._held), timeout=seconds)
        for task in tuple(self._held):
            task.cancel()

    async def renew(self) -> None:
        """Hold on to what is held, for another lease."""
        if not self._held:
            return
        async with self._database.transaction("courier.renew") as connection:
            clock = await read_clock(connection)
            await renew_claims(connection, tuple(self._held.values()), courier_id=self.id, real=clock.real_at)

    async def _prepare(self, connection: Connection, messages: Sequence[Message]) -> list[Ready]:
        """Read all that these messages need, and ask the gate for the first time."""
        now = await read_product_time(connection)
        numbers = await read_current_numbers(connection, [message.template_id for message in messages])
        circumstances = await read_circumstances(connection, messages)
        openings = await self._hours.read_openings(connection, messages, circumstances, now)
        holds = await self._ask_gate(connection, messages, circumstances, openings, now)
        ready: list[Ready] = []
        for message, around, opening, hold in zip(messages, circumstances, openings, holds, strict=True):
            compiled = None
            if hold is None:
                try:
                    number = numbers.get(message.template_id, 0)
                    compiled = self._templates.find(message.template_id, number)
                    if compiled is None:
                        version = await get_version(connection, message.template_id, number)
                        compiled = self._templates.compile(version)
                except (UnknownTemplateError, RenderFaultError) as error:
                    hold = fail("template", str(error))
            ready.append(
                Ready(
                    message=message,
                    circumstances=around,
                    compiled=compiled,
                    hold=hold,
                    now=now,
                    leaves_before=opening.until,
                )
            )
        return ready

    async def _ask_gate(
        self,
        connection: Connection,
        messages: Sequence[Message],
        circumstances: Sequence[Circumstances],
        openings: Sequence[Opening],
        now: datetime,
    ) -> list[Change | None]:
        situations = await read_situations(connection, messages, provider=self.journal.provider, now=now)
        rooms = await read_rooms(connection, messages, now=now)
        asking = await list_kept_back(connection, messages)
        standings = await read_standings(
            connection,
            [
                StandingRequest(
                    bucket=message.bucket,
                    contact_id=message.contact_id,
                    list_id=message.list_id,
                    channel=message.channel,
                    address=find_address(message, around),
                )
                for message, around in zip(messages, circumstances, strict=True)
            ],
        )
        return [
            decide_hold(
                message,
                standing,
                replace(
                    situations[message.id],
                    opening=opening,
                    room=rooms.get(message.id),
                    asks=message.id in asking,
                ),
                now=now,
            )
            for message, standing, opening in zip(messages, standings, openings, strict=True)
        ]

    async def _carry_in_turn(self, ready: Ready) -> None:
        # A slot is held until the result is committed: a crash leaves at most as many doubts as there are slots.
        async with self._free:
            await self._carry(ready)

    async def _carry(self, ready: Ready) -> None:
        """Carry one message to the change that its journey through here comes to."""
        message = ready.message
        if ready.hold is not None or ready.compiled is None:
            await self.journal.tell(message, ready.hold or fail("template", "There is no such version."))
            return
        try:
            cargo = load_cargo(ready, ready.compiled, public_url=self._public_url, keys=self._keys)
        except RenderFaultError as error:
            await self.journal.tell(message, fail("render", str(error)))
            return
        destination = self._find_destination(cargo)
        if destination in self._wary and (hold := await self._find_hold(message)) is not None:
            await self.journal.tell(message, hold)
            return
        try:
            outcome = await self._hand_over(cargo)
        except Exception as error:
            # Whatever it was, it came before the dot: the mark's commit may be in doubt, the message is not.
            change = await self._take_back(message, error)
        else:
            change = await self._judge(message, outcome, destination)
        if change is not None:
            if change.wait is not None:
                self._wary.add(change.wait.destination)
            await self.journal.tell(message, change, destination=destination)

    def _find_destination(self, cargo: Cargo) -> Destination | None:
        """Return the receiving domain of an email, None for what has none."""
        if not isinstance(cargo.load, Letter):
            return None
        return Destination(
            cargo.marked.message.workspace_id, self.journal.provider, domain_of(cargo.load.recipient)
        )

    async def _take_back(self, message: Message, error: Exception) -> Change | None:
        """Return what an error before the dot comes to: at once again when the database was away, else later."""
        logger.warning("courier.no_mark", error=type(error).__name__)
        if not is_database_away(error):
            ours = Temporary(f"A fault of ours: {type(error).__name__}.", about="message")
            return await self._judge(message, ours, None)
        return Change(
            sources=frozenset({"claimed", "marked"}),
            state="due",
            reason="mark_withdrawn",
            attempt="withdrawn",
            reply=type(error).__name__,
        )

    async def _judge(
        self, message: Message, outcome: HandOver, destination: Destination | None
    ) -> Change | None:
        """Return what an outcome comes to, having read what that depends on."""
        if isinstance(outcome, NotMarked):
            return await self._explain(message)
        tries, known = Tries(), None
        async with self._database.connection() as connection:
            now = await read_product_time(connection)
            if isinstance(outcome, Temporary):
                tries = (await read_tries(connection, [message]))[message.id]
                known = None if destination is None else await find_wait(connection, destination)
        return decide_result(message, outcome, tries, now, destination=destination, known=known)

    async def _explain(self, message: Message) -> Change:
        """Return why the mark was refused; what cannot be found any more is asked again a little later."""
        if (hold := await self._find_hold(message)) is not None:
            return hold
        async with self._database.connection() as connection:
            now = await read_product_time(connection)
        return Change(
            sources=frozenset({"claimed"}), state="due", reason="asked_again", due_at=now + ASK_AGAIN
        )

    async def _find_hold(self, message: Message) -> Change | None:
        """Return what keeps a message from leaving now, read anew."""
        async with self._database.snapshot() as connection:
            now = await read_product_time(connection)
            circumstances = await read_circumstances(connection, [message])
            openings = await self._hours.read_openings(connection, [message], circumstances, now)
            (hold,) = await self._ask_gate(connection, [message], circumstances, openings, now)
        return hold

    async def _hand_over(self, cargo: Cargo) -> HandOver:
        async def ask_mark() -> bool:
            return await self.journal.mark(cargo.marked)

        if isinstance(cargo.load, Letter):
            return await self._pool.hand_over(cargo.load, ask_mark)
        return await self._mailbox.hand_over(cargo.load, ask_mark)
