"""`percorso bench recovery`: how long killing, stopping or restarting one process keeps messages from arriving (T8)."""

import asyncio
import os
import time
from typing import Any, Final

import msgspec

from percorso.bench.frame import Result, bench_command, progress
from percorso.bench.recovery_faults import FAULTS, KILLS, STOP_SECONDS, Fault, find_victims, strike
from percorso.bench.recovery_product import Product, open_product
from percorso.bench.recovery_shop import Order, Shop

TARGET: Final = 15.0
"""What T8 allows, in seconds."""

_CALM_SECONDS: Final = 3.0
_AFTER_SECONDS: Final = {True: 8.0, False: 25.0}
"""For how long sending goes on after a fault, quickly or not."""
_ARRIVE_SECONDS: Final = 60.0


class Cost(msgspec.Struct, frozen=True):
    """What one fault cost, in seconds.

    `back`: from the fault until an order that was placed after it had its message. `slowest`: from its first try to
    its message, of any order placed around the fault. `doubts`: messages of which nobody knows (T3).
    """

    fault: str
    back: float
    slowest: float
    doubts: int
    load: float


async def measure_recovery(quick: bool) -> Result:
    """Return the longest that any order waited for its message, beside what T8 allows."""
    costs: list[Cost] = []
    async with open_product() as product, Shop(product) as shop:
        progress("waiting for the first message")
        await shop.await_first_message()
        for fault in KILLS if quick else FAULTS:
            cost = await _measure(product, shop, fault, after=_AFTER_SECONDS[quick])
            progress(f"{cost.fault}: back after {cost.back} s, slowest {cost.slowest} s, load {cost.load}")
            costs.append(cost)
    worst = max(costs, key=lambda cost: cost.slowest)
    return Result(
        bench="recovery",
        figure=worst.slowest,
        unit="s",
        limit=TARGET,
        limit_is="what T8 allows for the loss of any process",
        ratio=round(TARGET / worst.slowest, 3),
        target=TARGET,
        more={"worst": worst.fault, "faults": [_tell(cost) for cost in costs], "orders": len(shop.orders)},
    )


def _tell(cost: Cost) -> dict[str, Any]:
    return msgspec.to_builtins(cost)


async def _measure(product: Product, shop: Shop, fault: Fault, *, after: float) -> Cost:
    """Do one fault while orders come in steadily, and wait until all that they lead to has arrived."""
    begun = time.monotonic()
    await asyncio.sleep(_CALM_SECONDS)
    stopped = find_victims(product.process_id, fault.victim)
    struck = time.monotonic()
    strike(stopped, fault)
    if fault.stops:
        await asyncio.sleep(STOP_SECONDS)
        fault.wake(stopped)
        await asyncio.sleep(max(0.0, after - STOP_SECONDS))
    else:
        await asyncio.sleep(after)
    load = os.getloadavg()[0]
    until = time.monotonic()
    orders = [order for order in shop.orders.values() if begun <= order.placed_at < until]
    doubts = await shop.await_messages(orders, seconds=_ARRIVE_SECONDS)
    return judge(fault, orders, doubts, struck=struck, load=load)


def judge(fault: Fault, orders: list[Order], doubts: set[str], *, struck: float, load: float) -> Cost:
    """Return what a fault at `struck` cost the orders around it; raises RuntimeError where no later one arrived."""
    told = [(order, order.arrived_at) for order in orders if order.arrived_at is not None]
    later = [arrived - struck for order, arrived in told if order.placed_at >= struck]
    if not later:
        raise RuntimeError(f"After {fault.name} no message arrived any more.")
    return Cost(
        fault=fault.name,
        back=round(min(later), 2),
        slowest=round(max(arrived - order.placed_at for order, arrived in told), 2),
        doubts=len(doubts),
        load=round(load, 1),
    )


recovery = bench_command("recovery", "Seconds that the loss of any process costs.")(measure_recovery)
