"""The journey of the storm: thanks for an order of 100 or more; a minute later, a gift if it was 200 or more."""

from typing import Any

from tests.storm.shop import LARGE, THRESHOLD


def make_graph(template_id: str) -> dict[str, Any]:
    """Return the graph, one run per order id, whose path only the order's amount decides."""
    return {
        "starts": [
            {
                "id": "order",
                "event": "completedOrder",
                "condition": _at_least(THRESHOLD, source="event", path="amount.revenue"),
                "captures": [{"name": "revenue", "operand": {"kind": "event", "path": "amount.revenue"}}],
            }
        ],
        "reentry": {"rule": "every_time", "inside": "one_per_key", "key": "orderId"},
        "first": "thanks",
        "steps": {
            "thanks": {"kind": "send_email", "templateId": template_id, "name": "Thanks", "next": "hold"},
            "hold": {"kind": "wait", "period": {"amount": 1, "unit": "minutes"}, "next": "size"},
            "size": {
                "kind": "check_now",
                "paths": [
                    {
                        "id": "large",
                        "name": "Large",
                        "condition": _at_least(LARGE, source="captured", path="revenue"),
                        "to": "gift",
                    }
                ],
                "default": "done",
            },
            "gift": {"kind": "send_email", "templateId": template_id, "name": "Gift", "next": "won"},
            "won": {"kind": "end", "outcome": "positive"},
            "done": {"kind": "end", "outcome": "neutral"},
        },
    }


def _at_least(amount: int, *, source: str, path: str) -> dict[str, Any]:
    return {
        "kind": "test",
        "source": source,
        "path": path,
        "type": "number",
        "operator": "at_least",
        "operands": [{"kind": "value", "value": amount}],
    }
