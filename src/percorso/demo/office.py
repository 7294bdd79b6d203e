"""What the boutique's people do by hand, through the public API: fields, events, groups, files of contacts, an export.

It goes on beside the shop, so that nobody waits for it; a start that was cut off is taken up by the next.
"""

import asyncio
from importlib import resources
from typing import Any, Final
from uuid import UUID

import aiohttp
import msgspec
import yaml

from percorso.demo.client import Client, RefusedError
from percorso.demo.journeys import Language, localise
from percorso.demo.people import make_person, pick
from percorso.telemetry import get_log

log = get_log(__name__)

_PAUSE: Final = 0.3
_WORKING: Final = frozenset({"checking", "running", "applying"})


class DemoFile(msgspec.Struct, frozen=True):
    """A file of contacts to be brought: `columns` as the API takes targets, `groups` by key.

    One that `starts` is imported, another only tried.
    """

    key: str
    name: str
    text: str
    columns: list[dict[str, Any]]
    groups: tuple[str, ...]
    wording: str
    starts: bool = False


class Fittings(msgspec.Struct, frozen=True):
    """An event that people of the shop, by number, send once each, with one of the stores."""

    event: str
    people: tuple[int, ...]
    store: tuple[str, ...]


class Mistake(msgspec.Struct, frozen=True):
    """A value that the till wrote for people of the shop, by number, and that is not of the field's type."""

    field: str
    value: str
    people: tuple[int, ...]


class DemoOffice(msgspec.Struct, frozen=True):
    """All that is made: fields, events and groups are bodies of the API with a key or name of their own."""

    fields: tuple[dict[str, Any], ...]
    events: tuple[dict[str, Any], ...]
    groups: tuple[dict[str, Any], ...]
    files: tuple[DemoFile, ...]
    sent: Fittings
    mistaken: Mistake


def load_demo_office(language: Language) -> DemoOffice:
    """Return what the boutique's people make, named in `language`; labels and files stay as they are."""
    text = resources.files("percorso.demo").joinpath("office.yaml").read_text(encoding="utf-8")
    read = yaml.safe_load(text)
    # Labels are wanted in both languages by the API itself.
    read["groups"] = localise(read["groups"], language)
    return msgspec.convert(read, DemoOffice)


async def keep_office(client: Client, list_id: UUID, language: Language = "it") -> None:
    """Do what the boutique's people have not done yet; what was changed or deleted since stays as it is.

    The export is the last of it: once it is in the list of exports, nothing is done any more. Logs what the API
    refuses, as the shop goes on without.
    """
    try:
        if (await client.get("/api/v1/exports"))["items"]:
            return
        office = load_demo_office(language)
        await _declare(client, office)
        groups = await _make_groups(client, office)
        for file in office.files:
            if not file.starts:
                # What is only tried is foreseen of those who are known by then: the others are in first.
                await _await_files(client)
            await _bring(client, file, list_id, groups)
        await _await_files(client)
        await _send_fittings(client, office.sent)
        await _send_mistakes(client, office.mistaken)
        await client.take(
            "/api/v1/exports",
            {"fields": ["email", "attributes.firstName", "attributes.lastName"], "groupId": groups["show"]},
        )
    except (RefusedError, aiohttp.ClientError) as error:
        log.warning("the office of the demo is not whole", error=str(error))


async def _declare(client: Client, office: DemoOffice) -> None:
    fields = {field["path"] for field in (await client.get("/api/v1/fields"))["items"]}
    for field in office.fields:
        if field["path"] not in fields:
            await client.post("/api/v1/fields", field, key=f"demo/field/{field['path']}")
    for event in office.events:
        body = {name: value for name, value in event.items() if name != "name"}
        await client.put(f"/api/v1/event-types/{event['name']}", body)


async def _make_groups(client: Client, office: DemoOffice) -> dict[str, str]:
    made: dict[str, str] = {}
    for group in office.groups:
        body = {name: value for name, value in group.items() if name != "key"}
        answer = await client.post("/api/v1/groups", body, key=f"demo/group/{group['key']}")
        made[group["key"]] = answer["id"]
    return made


async def _bring(client: Client, file: DemoFile, list_id: UUID, groups: dict[str, str]) -> None:
    """Bring a file, unless one of that name is there, and start or try it, unless it was."""
    there = (row for row in (await client.get("/api/v1/imports"))["items"] if row["fileName"] == file.name)
    found = next(there, None)
    if found is None:
        found = await client.upload("/api/v1/imports", file.text.encode(), fileName=file.name)
    if found["state"] != "ready" or found["checked"] is not None:
        return
    settings = {
        "targets": file.columns,
        "subscribing": [{"listId": str(list_id), "channel": "email", "status": "subscribed"}],
        "wording": file.wording,
        "groupIds": [groups[key] for key in file.groups],
    }
    await client.post(f"/api/v1/imports/{found['id']}/{'start' if file.starts else 'check'}", settings)


async def _await_files(client: Client) -> None:
    """Return when no file is on its way."""
    while True:
        states = {row["state"] for row in (await client.get("/api/v1/imports"))["items"]}
        if not states & _WORKING:
            return
        await asyncio.sleep(_PAUSE)


async def _send_fittings(client: Client, fittings: Fittings) -> None:
    """Send the events; each has an id of its own, so that repeating stores nothing."""
    await client.send(
        [
            {
                "type": "track",
                "event": fittings.event,
                "userId": make_person(number).user_id,
                "messageId": f"office-{fittings.event}-{number}",
                "properties": {
                    "store": pick(fittings.store, "fitting", number),
                    "people": 1 + number % 3,
                },
            }
            for number in fittings.people
        ]
    )


async def _send_mistakes(client: Client, mistake: Mistake) -> None:
    await client.send(
        [
            {
                "type": "identify",
                "userId": make_person(number).user_id,
                "messageId": f"office-{mistake.field}-{number}",
                "traits": {mistake.field: mistake.value},
            }
            for number in mistake.people
        ]
    )
