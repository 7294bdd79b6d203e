"""Segments to look at on a demo of ours: those that the shop begins without are made."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from playwright.sync_api import BrowserContext

from tools.screen import NothingYetError

RICH = "Da invitare alla sfilata"

BOUGHT = {
    "kind": "happened",
    "pattern": {
        "events": ["completedOrder"],
        "where": {
            "kind": "test",
            "source": "event",
            "path": "amount.revenue",
            "type": "number",
            "operator": "at_least",
            "operands": [{"kind": "value", "value": 50}],
        },
    },
    "window": {"kind": "ago", "amount": 30, "unit": "days"},
}
WOMEN = {
    "kind": "and",
    "conditions": [
        {
            "kind": "test",
            "source": "attribute",
            "path": "gender",
            "type": "text",
            "operator": "equals",
            "operands": [{"kind": "value", "value": "female"}],
        },
        {
            "kind": "not",
            "condition": {
                "kind": "or",
                "conditions": [
                    {
                        "kind": "message",
                        "channel": "email",
                        "action": "clicked",
                        "window": {"kind": "ago", "amount": 7, "unit": "days"},
                    },
                    {"kind": "status", "channel": "email", "status": "unsubscribed"},
                ],
            },
        },
    ],
}
ORDERED: dict[str, Any] = {"events": ["completedOrder"]}
SPENT: dict[str, Any] = {
    "kind": "happened",
    "pattern": ORDERED,
    "measure": "sum",
    "path": "amount.revenue",
    "operator": "at_least",
    "operands": [{"kind": "value", "value": 150}],
    "window": {"kind": "ago", "amount": 90, "unit": "days"},
}
FOLLOWED: dict[str, Any] = {
    "kind": "followed",
    "first": {"events": ["viewedProduct"]},
    "then": ORDERED,
    "within": {"amount": 7, "unit": "days"},
}
CITY: dict[str, Any] = {
    "kind": "test",
    "source": "attribute",
    "path": "address.city",
    "type": "text",
    "operator": "one_of",
    "operands": [{"kind": "value", "value": ["Milano", "Torino", "Monza"]}],
}
BIRTHDAY: dict[str, Any] = {
    "kind": "test",
    "source": "attribute",
    "path": "birthDate",
    "type": "date",
    "operator": "is_anniversary",
    "operands": [],
}


def find_segments(context: BrowserContext, url: str, get: Callable[[str], Any]) -> dict[str, str]:
    """Return two filters, a combination, one of many questions and a member of the first with a moment of its past.

    A demo is given those that it lacks.
    """
    names = {row["name"] for row in get("/segments")["items"]}
    # Only a demo's clock runs faster than others.
    if RICH not in names and get("/clock")["rate"] != 1:
        make_segments(context, url, get)
    rows = get("/segments")["items"]
    rich = next((row for row in rows if row["name"] == RICH), None)
    filters = sorted(
        (row for row in rows if not row["isCombination"] and row is not rich), key=lambda row: -row["members"]
    )
    combined = next((row for row in rows if row["isCombination"]), None)
    if rich is None or combined is None or len(filters) < 2 or not filters[0]["members"]:
        raise NothingYetError("/segments")
    member = find_member(filters[0]["id"], get)
    since = datetime.fromisoformat(get(f"/contacts/{member}")["createdAt"])
    past = since + (datetime.fromisoformat(get("/clock")["productAt"]) - since) / 2
    return {
        "segment": filters[0]["id"],
        "other_segment": filters[1]["id"],
        "combined": combined["id"],
        "rich": rich["id"],
        "member": member,
        "past": past.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def find_member(segment: str, get: Callable[[str], Any]) -> str:
    """Return a member of whom there is most to see: one who chose something and has been in a journey."""
    for row in get(f"/segments/{segment}/members")["items"]:
        id: str = row["id"]
        if get(f"/contacts/{id}/consents")["records"] and get(f"/contacts/{id}")["runs"]:
            return id
    raise NothingYetError(f"/segments/{segment}/members")


def ask_of_everything(journey: str, segment: str, list_id: str) -> dict[str, Any]:
    """Return a condition with a question of each kind, so that every sentence of the builder is seen."""
    opened = {"kind": "message", "channel": "email", "action": "opened"}
    stands: list[dict[str, Any]] = [
        {"kind": "journey", "state": "finished", "journeyId": journey, "outcome": "positive"},
        {"kind": "membership", "of": "segment", "id": segment},
        {"kind": "status", "channel": "email", "status": "subscribed", "listId": list_id},
        {"kind": "consent", "leaf": "marketing.automatic.email"},
        {"kind": "identity", "identity": "phone"},
    ]
    did = [SPENT, FOLLOWED, {**opened, "scope": {"journeyId": journey, "last": 5}}]
    return {
        "kind": "or",
        "conditions": [
            {"kind": "and", "conditions": did},
            {"kind": "and", "conditions": [CITY, BIRTHDAY, *stands]},
        ],
    }


def make_segments(context: BrowserContext, url: str, get: Callable[[str], Any]) -> None:
    """Save two filters, a combination of them and one that asks of everything; whoever is signed in must be
    allowed to.
    """
    session = context.request.get(f"{url}/api/v1/session").json()
    headers = {"Origin": url, "X-CSRF-Token": session["csrfToken"]}
    there: dict[str, str] = {row["name"]: row["id"] for row in get("/segments")["items"]}

    def save(name: str, definition: dict[str, Any], tags: list[str]) -> str:
        if name in there:
            return there[name]
        answer = context.request.post(
            f"{url}/api/v1/segments",
            data={"name": name, "definition": definition, "tags": tags},
            headers=headers,
        )
        if not answer.ok:
            raise RuntimeError(answer.text())
        id: str = answer.json()["id"]
        return id

    bought = save("Clienti degli ultimi 30 giorni", {"kind": "filter", "condition": BOUGHT}, ["clienti"])
    women = save("Donne poco attive", {"kind": "filter", "condition": WOMEN}, ["newsletter", "donne"])
    links = [{"operator": "except", "segmentId": bought}]
    save("Da riconquistare", {"kind": "combination", "first": women, "then": links}, [])
    journey = get("/journeys")["items"][0]["id"]
    rich = {"kind": "filter", "condition": ask_of_everything(journey, women, get("/lists")["items"][0]["id"])}
    save(RICH, rich, ["sfilata"])
