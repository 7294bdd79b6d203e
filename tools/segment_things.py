"""Segments to look at on a demo of ours: made if there are none, as a demo shop begins without."""

from typing import Any

from playwright.sync_api import BrowserContext

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


def make_segments(context: BrowserContext, url: str) -> None:
    """Save two filters and a combination of them; whoever is signed in must be allowed to."""
    session = context.request.get(f"{url}/api/v1/session").json()
    headers = {"Origin": url, "X-CSRF-Token": session["csrfToken"]}

    def save(name: str, definition: dict[str, Any], tags: list[str]) -> str:
        answer = context.request.post(
            f"{url}/api/v1/segments",
            data={"name": name, "definition": definition, "tags": tags},
            headers=headers,
        )
        id: str = answer.json()["id"]
        return id

    bought = save("Clienti degli ultimi 30 giorni", {"kind": "filter", "condition": BOUGHT}, ["clienti"])
    women = save("Donne poco attive", {"kind": "filter", "condition": WOMEN}, ["newsletter", "donne"])
    links = [{"operator": "except", "segmentId": bought}]
    save("Da riconquistare", {"kind": "combination", "first": women, "then": links}, [])
