"""A shop that places orders steadily, each until it is acknowledged, and watches for their messages."""

import asyncio
from collections.abc import Sequence
from itertools import count
from types import TracebackType
from typing import Any, Final, Self

import aiohttp
import msgspec

from percorso.bench.recovery_product import Product, now, read_arrived, read_doubts
from percorso.bench.shop import authorization_of
from percorso.db.away import is_database_away

_CONTACTS: Final = 20
_PAUSE_SECONDS: Final = 0.125
_CALL_SECONDS: Final = 1.5
_AGAIN_SECONDS: Final = 0.2
_LOOK_SECONDS: Final = 0.05
_FIRST_SECONDS: Final = 90.0


class Order(msgspec.Struct):
    """An order: when it was first told, and when its message was there (None: not yet)."""

    number: str
    placed_at: float
    arrived_at: float | None = None


class Shop:
    """Places eight orders a second for as long as `async with` lasts."""

    def __init__(self, product: Product) -> None:
        self.orders: dict[str, Order] = {}
        self._product = product
        self._tasks: set[asyncio.Task[None]] = set()
        self._first = asyncio.Event()
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Make the contacts known and subscribed, and begin."""
        self._session = aiohttp.ClientSession(
            f"http://127.0.0.1:{self._product.port}",
            headers={"authorization": authorization_of(self._product.write_key)},
            timeout=aiohttp.ClientTimeout(total=_CALL_SECONDS),
        )
        for number in range(_CONTACTS):
            user = f"contact-{number}"
            await self._call("identify", user, f"i-{number}", traits={"email": f"{user}@example.com"})
            subscription = {
                "listId": self._product.list_id,
                "channel": "email",
                "source": "form",
                "wording": "News, please.",
            }
            await self._call(
                "track", user, f"s-{number}", event="campaignSubscribed", properties=subscription
            )
        for work in (self._place_orders(), self._watch()):
            self._start(asyncio.create_task(work))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop placing orders."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def await_first_message(self) -> None:
        """Return when the first message has arrived: the journey is known everywhere."""
        async with asyncio.timeout(_FIRST_SECONDS):
            await self._first.wait()
        # Orders from before the journey was active lead to nothing.
        first = min(order.placed_at for order in self.orders.values() if order.arrived_at is not None)
        self.orders = {n: order for n, order in self.orders.items() if order.placed_at >= first}

    async def await_messages(self, orders: Sequence[Order], *, seconds: float) -> set[str]:
        """Return which of these orders' messages are in doubt, when all the others have arrived.

        Raises RuntimeError when one that is not in doubt has not arrived within `seconds`.
        """
        deadline = now() + seconds
        while True:
            missing = {order.number for order in orders if order.arrived_at is None}
            doubts = missing and missing & await read_doubts(self._product.database)
            if missing == doubts:
                return doubts
            if now() > deadline:
                raise RuntimeError(
                    f"{len(missing - doubts)} messages were lost or are late: {sorted(missing - doubts)[:5]}"
                )
            await asyncio.sleep(_LOOK_SECONDS)

    def _start(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _place_orders(self) -> None:
        begun = now()
        for number in count():
            await asyncio.sleep(max(0.0, begun + number * _PAUSE_SECONDS - now()))
            order = Order(f"o-{number}", now())
            self.orders[order.number] = order
            user = f"contact-{number % _CONTACTS}"
            properties = {"orderId": order.number, "amount": {"revenue": 120}}
            call = self._call("track", user, order.number, event="completedOrder", properties=properties)
            self._start(asyncio.create_task(call))

    async def _call(self, name: str, user: str, message_id: str, **fields: Any) -> None:
        """Tell one call until it is acknowledged."""
        assert self._session is not None
        body = {"userId": user, "messageId": message_id, **fields}
        while True:
            try:
                async with self._session.post(f"/v1/{name}", json=body) as response:
                    if response.status == 200:
                        return
                    if response.status < 500:
                        raise RuntimeError(f"The server answered {response.status}.")
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _watch(self) -> None:
        """Note when each message is there, as soon as the database says so."""
        while True:
            awaited = [order.number for order in self.orders.values() if order.arrived_at is None]
            try:
                arrived = await read_arrived(self._product.database, awaited)
            except Exception as error:
                if not is_database_away(error):
                    raise
            else:
                for number in arrived:
                    if (order := self.orders.get(number)) is not None:
                        order.arrived_at = now()
                        self._first.set()
            await asyncio.sleep(_LOOK_SECONDS)
