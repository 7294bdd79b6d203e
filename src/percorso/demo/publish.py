"""The demo's journeys, through the public API: templates, pools with their codes, drafts, publishing."""

from typing import Final, Literal
from uuid import UUID

import msgspec

from percorso.demo.client import Client
from percorso.demo.journeys import DemoJourney, load_demo_journeys
from percorso.journeys.portable import resolve_references
from percorso.kit.ids import derive_share

CODES: Final = 5_000
"""Codes in each pool."""

_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LOT: Final = 1_000


async def publish_journeys(client: Client, list_id: UUID, language: Literal["it", "en"] = "it") -> list[str]:
    """Make, publish and switch on the journeys that the workspace lacks; return their names.

    Each call carries a key, so that a start that was cut off goes on where it stopped.
    """
    there = {journey["name"]: journey["state"] for journey in (await client.get("/api/v1/journeys"))["items"]}
    if not there:
        await _leave_carts_to_the_shop(client)
    missing = [
        journey
        for journey in load_demo_journeys(language)
        if there.get(journey.name, "draft") in ("draft", "ready")
    ]
    for journey in missing:
        await _publish(client, journey, list_id)
    return [journey.name for journey in missing]


async def _leave_carts_to_the_shop(client: Client) -> None:
    """Keep Percorso from telling of abandoned carts: the shop sends these events itself.

    At the demo's pace an order is paid minutes of product time before it has arrived, and a cart would be told of
    that was bought.
    """
    settings = await client.get("/api/v1/event-settings")
    await client.put("/api/v1/event-settings", {**settings, "cartMinutes": None})


async def _publish(client: Client, journey: DemoJourney, list_id: UUID) -> None:
    templates: dict[str, UUID] = {}
    for template in journey.templates:
        body = {"listId": str(list_id), **msgspec.structs.asdict(template)}
        del body["key"]
        made = await client.post("/api/v1/templates", body, key=f"demo/{template.key}")
        templates[template.key] = UUID(made["id"])
    pools = {key: await _fill_pool(client, key, name) for key, name in journey.pools.items()}
    draft = {
        "name": journey.name,
        "description": journey.description,
        "tags": journey.tags,
        "listId": str(list_id),
        "graph": resolve_references(journey.graph, templates, pools),
    }
    made = await client.post("/api/v1/journeys", draft, key=f"demo/{journey.key}")
    for verb in ("publish", "activate"):
        await client.post(f"/api/v1/journeys/{made['id']}/{verb}", key=f"demo/{journey.key}/{verb}")


async def _fill_pool(client: Client, key: str, name: str) -> UUID:
    made = await client.post("/api/v1/coupon-pools", {"name": name}, key=f"demo/pool/{key}")
    codes = make_codes(key, CODES)
    for start in range(0, len(codes), _LOT):
        await client.post(
            f"/api/v1/coupon-pools/{made['id']}/codes",
            {"codes": codes[start : start + _LOT]},
            key=f"demo/pool/{key}/{start}",
        )
    return UUID(made["id"])


def make_codes(pool: str, count: int) -> list[str]:
    """Return `count` different codes, `AURORA-` and six characters each; the same for the same pool."""
    codes: dict[str, None] = {}
    number = 0
    while len(codes) < count:
        letters = (int(derive_share("code", pool, number, place) * len(_LETTERS)) for place in range(6))
        codes["AURORA-" + "".join(_LETTERS[letter] for letter in letters)] = None
        number += 1
    return list(codes)
