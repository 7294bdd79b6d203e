"""A push to look at: made on a demo of ours, sent to somebody's telephone and left in the embedded mailbox."""

import base64
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext

from tools.people_things import write
from tools.screen import NothingYetError

WHO = "push-nora"
"""Whose telephone it is."""

_KEYS: dict[str, str] = {}
"""The key of the app by the server's address: its journey is made once."""


def find_push(context: BrowserContext, url: str, get: Callable[[str], Any]) -> dict[str, str]:
    """Return a push that the mailbox received; raises NothingYetError."""
    rows = get("/mailbox?channel=push")["items"]
    if not rows:
        list_id = get("/lists")["items"][0]["id"]
        if url not in _KEYS:
            _KEYS[url] = make_journey(context, url, list_id)
        # A journey lets in from the moment that it was heard of everywhere: until then the app says it again.
        say(context, url, list_id, _KEYS[url])
        raise NothingYetError("/mailbox?channel=push")
    return {"push": rows[0]["id"]}


def make_journey(context: BrowserContext, url: str, list_id: str) -> str:
    """Switch on a journey that sends a push, and return the key of the app that calls for it."""
    template = {
        "name": "Sfilata",
        "kind": "push",
        "listId": list_id,
        "subject": "Stasera alle 19 la sfilata",
        "body": "Il tuo posto in prima fila ti aspetta, {{ contact.firstName }}.",
        "link": "https://shop.example.com/sfilata",
        "image": "https://shop.example.com/sfilata.jpg",
    }
    template_id = write(context, url, "/templates", template)["id"]
    graph = {
        "starts": [{"kind": "event", "id": "invited", "event": "invitedToShow"}],
        "reentry": {"rule": "once_ever"},
        "first": "push",
        "steps": {
            "push": {"kind": "send_push", "templateId": template_id, "name": "Sfilata", "next": "end"},
            "end": {"kind": "end", "outcome": "positive", "name": "Avvisato"},
        },
    }
    journey = {"name": "Promemoria della sfilata", "listId": list_id, "graph": graph}
    journey_id = write(context, url, "/journeys", journey)["id"]
    for verb in ("publish", "activate"):
        write(context, url, f"/journeys/{journey_id}/{verb}", {})
    key: str = write(context, url, "/api-keys", {"name": "App", "kind": "server", "scopes": ["track"]})[
        "token"
    ]
    return key


def say(context: BrowserContext, url: str, list_id: str, key: str) -> None:
    """Let somebody with a telephone ask for push and be invited."""
    agreed = {
        "listId": list_id,
        "channel": "push",
        "source": "app",
        "wording": "Sì, avvisami.",
        "confirmed": True,
    }
    said: list[tuple[str, dict[str, Any]]] = [
        ("identify", {"traits": {"firstName": "Nora"}, "context": {"device": {"token": "nora-telefono"}}}),
        ("track", {"event": "campaignSubscribed", "properties": agreed}),
        ("track", {"event": "invitedToShow", "properties": {}}),
    ]
    headers = {"authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}
    for name, body in said:
        context.request.post(f"{url}/v1/{name}", data={"userId": WHO, **body}, headers=headers)
