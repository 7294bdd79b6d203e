"""Drives product time through the data: send, settle, hand over, go on to the next moment."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from importlib import resources
from typing import Any, Final, cast
from uuid import UUID

import msgspec

from percorso.db import Database, load_queries
from percorso.db.clock import read_product_time, set_clock
from percorso.demo.client import Client
from percorso.demo.households.orders import WINDOW, Household, Order
from percorso.demo.publish import make_codes
from percorso.journeys.portable import resolve_references
from percorso.processes.shell import load_target

SETTLE: Final = "percorso.worker.main:settle"
"""`settle(database)` does all that a worker does until nothing is left to do now."""
HAND_OVER: Final = "percorso.courier.main:hand_over_all"
"""`hand_over_all(database, public_url=…)` hands over what is due and returns how many claims that took."""

_queries: Final = load_queries("percorso.demo")
_BYTES: Final = 400_000
"""JSON of one batch: the API takes 500 KB."""


class Result(msgspec.Struct, frozen=True):
    """What came out of the data."""

    events: int
    """Orders stored."""
    runs: dict[str, int]
    """By outcome, and those still inside."""
    messages: dict[str, int]
    """By state."""
    revenue: Decimal
    """Of all orders stored."""


class Load:
    """One database driven through orders, over a client of its API."""

    def __init__(self, database: Database, client: Client, *, list_id: UUID, public_url: str) -> None:
        self._database = database
        self._client = client
        self._list_id = list_id
        self._public_url = public_url
        # By name, as the supervisor starts them: the demo lies below worker and courier.
        self._settle_facts = cast("Callable[[Database], Awaitable[None]]", load_target(SETTLE))
        self._hand_over = cast("Callable[..., Awaitable[int]]", load_target(HAND_OVER))

    async def run(
        self, households: Sequence[Household], orders: Sequence[Order], report: Callable[[datetime], None]
    ) -> None:
        """Send everything and wait until nobody is held by a time any more; `report` is told each moment.

        After a stop it goes on at the moment where it was.
        """
        windows: defaultdict[datetime, list[Order]] = defaultdict(list)
        for order in orders:
            windows[order.received_at].append(order)
        start = min(windows) - WINDOW
        reached = await self._reach(start)
        if reached <= start:
            await self._begin(households)
        moments = sorted(moment for moment in windows if moment >= reached)
        for moment in moments:
            await self._pass_due(before=moment, report=report)
            await self._set(moment)
            await self._send([to_call(order) for order in windows[moment]])
            await self._settle()
            report(moment)
        await self._pass_due(before=None, report=report)

    async def _reach(self, start: datetime) -> datetime:
        """Return the moment that product time stands at; before the first it is set to `start`."""
        async with self._database.connection() as connection:
            received = await _queries.fetch_value(connection, "find_newest_moment")
            present = await read_product_time(connection)
        if received is not None:
            return present
        await self._set(start)
        return start

    async def _begin(self, households: Sequence[Household]) -> None:
        """Make the journey and the contacts, all before the first order."""
        await self._publish()
        await self._settle()
        await self._send([call for household in households for call in introduce(household, self._list_id)])
        await self._settle()

    async def _publish(self) -> None:
        text = resources.files("percorso.demo.households").joinpath("journey.json").read_bytes()
        given = msgspec.json.decode(text)
        templates: dict[str, UUID] = {}
        for key, template in given["templates"].items():
            body = {"listId": str(self._list_id), **template}
            made = await self._client.post("/api/v1/templates", body, key=f"households/{key}")
            templates[key] = UUID(made["id"])
        pool = await self._client.post("/api/v1/coupon-pools", {"name": given["pool"]}, key="households/pool")
        codes = {"codes": make_codes("households", 5_000)}
        await self._client.post(f"/api/v1/coupon-pools/{pool['id']}/codes", codes, key="households/codes")
        draft = {
            "name": given["name"],
            "description": given["description"],
            "tags": given["tags"],
            "listId": str(self._list_id),
            "graph": resolve_references(given["graph"], templates, {"codes": UUID(pool["id"])}),
        }
        made = await self._client.post("/api/v1/journeys", draft, key="households/journey")
        for verb in ("publish", "activate"):
            await self._client.post(f"/api/v1/journeys/{made['id']}/{verb}", key=f"households/{verb}")

    async def _pass_due(self, *, before: datetime | None, report: Callable[[datetime], None]) -> None:
        """Stop at each time that something falls due before the next moment; to the last with None."""
        while True:
            async with self._database.connection() as connection:
                due = await _queries.fetch_value(connection, "find_next_due")
            if due is None or (before is not None and due >= before):
                return
            await self._set(due)
            await self._settle()
            report(due)

    async def _set(self, moment: datetime) -> None:
        async with self._database.transaction("demo.clock") as connection:
            await set_clock(connection, product_at=moment, rate=0.0)

    async def _send(self, calls: Iterable[dict[str, Any]]) -> None:
        lot: list[dict[str, Any]] = []
        size = 0
        for call in calls:
            length = len(msgspec.json.encode(call))
            if size + length > _BYTES:
                await self._client.send(lot)
                lot, size = [], 0
            lot.append(call)
            size += length
        await self._client.send(lot)

    async def _settle(self) -> None:
        """Apply, hand over and answer until nothing is left to do at this moment."""
        await self._settle_facts(self._database)
        while await self._hand_over(self._database, public_url=self._public_url):
            await self._settle_facts(self._database)


def introduce(household: Household, list_id: UUID) -> list[dict[str, Any]]:
    """Return the calls that make a household a contact who may get email."""
    user_id = f"household-{household.id}"
    traits = {"email": f"household.{household.id}@example.com", "language": "en", **household.known}
    subscription = {
        "listId": str(list_id),
        "channel": "email",
        "source": "complete journey",
        "wording": "Households of the study are subscribed for this demonstration.",
    }
    return [
        {"type": "identify", "userId": user_id, "messageId": f"{user_id}-identify", "traits": traits},
        {
            "type": "track",
            "userId": user_id,
            "messageId": f"{user_id}-subscribe",
            "event": "campaignSubscribed",
            "properties": subscription,
        },
    ]


def to_call(order: Order) -> dict[str, Any]:
    """Return the tracking call of an order; money as decimal numbers, as shops send it."""
    properties: dict[str, Any] = {
        "orderId": str(order.basket_id),
        "type": "sale",
        "storeCode": str(order.store_id),
        "amount": {
            "total": order.revenue / 100,
            "revenue": order.revenue / 100,
            "discount": sum(line.discount for line in order.lines) / 100,
            "local": {"currency": "USD", "exchangeRate": 1},
        },
        "products": [
            {"id": str(line.product_id), "quantity": line.quantity, "subtotal": line.paid / 100}
            for line in order.lines
        ],
    }
    if order.coupons:
        properties["coupon"] = order.coupons[0]
        properties["coupons"] = list(order.coupons)
    return {
        "type": "track",
        "userId": f"household-{order.household_id}",
        "messageId": f"basket-{order.basket_id}",
        "event": "completedOrder",
        "timestamp": order.at.isoformat(),
        "properties": properties,
        "context": {"type": "RETAIL"},
    }


async def read_result(database: Database) -> Result:
    """Return what the database holds of the data."""
    async with database.connection() as connection:
        (orders,) = await _queries.fetch(connection, "sum_orders")
        runs = await _queries.fetch(connection, "count_runs")
        messages = await _queries.fetch(connection, "count_messages")
    return Result(
        events=orders["events"],
        runs={row["outcome"]: row["runs"] for row in runs},
        messages={row["state"]: row["messages"] for row in messages},
        revenue=orders["revenue"],
    )


def describe_pace(reached: datetime, first: datetime, last: datetime) -> float:
    """Return how much of the time between two moments has passed, from 0 to 1."""
    whole: timedelta = last - first
    return min(max((reached - first) / whole, 0.0), 1.0)
