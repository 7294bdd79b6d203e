"""The matrix: which permission each route asks for. Roles and scopes hold permissions (`workspaces.model`)."""

import re
from typing import Final, Literal

from percorso.workspaces.model import Permission

Ask = Permission | Literal["anyone", "session"]
"""What a route asks of its caller; `session`: signed in, whatever the role."""

ROUTES: Final[dict[tuple[str, str], Ask]] = {
    ("POST", "/api/v1/session"): "anyone",
    ("GET", "/api/v1/session"): "session",
    ("DELETE", "/api/v1/session"): "session",
    ("GET", "/api/v1/sessions"): "session",
    ("DELETE", "/api/v1/sessions/{id}"): "session",
    ("GET", "/api/v1/clock"): "workspace.read",
    ("GET", "/api/v1/lists"): "workspace.read",
    ("GET", "/api/v1/users"): "workspace.read",
    ("GET", "/api/v1/api-keys"): "keys.write",
    ("POST", "/api/v1/api-keys"): "keys.write",
    ("DELETE", "/api/v1/api-keys/{id}"): "keys.write",
    ("GET", "/api/v1/journeys"): "journeys.read",
    ("GET", "/api/v1/journeys/{id}"): "journeys.read",
    ("POST", "/api/v1/journeys"): "journeys.write",
    ("PATCH", "/api/v1/journeys/{id}"): "journeys.write",
    ("POST", "/api/v1/journeys/{id}/publish"): "journeys.publish",
    ("POST", "/api/v1/journeys/{id}/activate"): "journeys.publish",
    ("POST", "/api/v1/journeys/{id}/pause"): "journeys.publish",
    ("POST", "/api/v1/journeys/{id}/resume"): "journeys.publish",
    ("POST", "/api/v1/journeys/{id}/archive"): "journeys.publish",
    ("POST", "/api/v1/templates"): "content.write",
    ("GET", "/api/v1/coupon-pools"): "journeys.read",
    ("POST", "/api/v1/coupon-pools"): "content.write",
    ("POST", "/api/v1/coupon-pools/{id}/codes"): "content.write",
    ("GET", "/api/v1/journeys/{id}/counts"): "journeys.read",
    ("GET", "/api/v1/journeys/{id}/people"): "contacts.read",
    ("POST", "/api/v1/contacts"): "contacts.write",
    ("GET", "/api/v1/contacts"): "contacts.read",
    ("GET", "/api/v1/contacts/{id}"): "contacts.read",
    ("GET", "/api/v1/contacts/{id}/timeline"): "contacts.read",
    ("GET", "/api/v1/contacts/{id}/consents"): "contacts.read",
    ("PUT", "/api/v1/contacts/{id}/statuses"): "contacts.write",
    ("PUT", "/api/v1/contacts/{id}/consents/{leaf}"): "contacts.write",
    ("POST", "/api/v1/contacts/{id}/suppressions"): "contacts.write",
    ("POST", "/api/v1/contacts/{id}/suppressions/lift"): "contacts.erase",
    ("GET", "/api/v1/contacts/{id}/field-faults"): "contacts.read",
    ("GET", "/api/v1/contacts/{id}/groups"): "contacts.read",
    ("GET", "/api/v1/fields"): "contacts.read",
    ("POST", "/api/v1/fields"): "contacts.write",
    ("PUT", "/api/v1/fields/{path}"): "contacts.write",
    ("DELETE", "/api/v1/fields/{path}"): "contacts.write",
    ("GET", "/api/v1/seen-fields"): "contacts.read",
    ("GET", "/api/v1/groups"): "contacts.read",
    ("POST", "/api/v1/groups"): "contacts.write",
    ("GET", "/api/v1/groups/{id}"): "contacts.read",
    ("PATCH", "/api/v1/groups/{id}"): "contacts.write",
    ("DELETE", "/api/v1/groups/{id}"): "contacts.write",
    ("GET", "/api/v1/groups/{id}/members"): "contacts.read",
    ("POST", "/api/v1/groups/{id}/members"): "contacts.write",
    ("PUT", "/api/v1/groups/{id}/members/{contact_id}"): "contacts.write",
    ("DELETE", "/api/v1/groups/{id}/members/{contact_id}"): "contacts.write",
    ("GET", "/api/v1/segments"): "contacts.read",
    ("POST", "/api/v1/segments"): "contacts.write",
    ("POST", "/api/v1/segments/preview"): "contacts.read",
    ("GET", "/api/v1/segments/compare"): "contacts.read",
    ("GET", "/api/v1/segments/{id}"): "contacts.read",
    ("PATCH", "/api/v1/segments/{id}"): "contacts.write",
    ("DELETE", "/api/v1/segments/{id}"): "contacts.write",
    ("GET", "/api/v1/segments/{id}/members"): "contacts.read",
    ("GET", "/api/v1/segments/{id}/contacts/{contact_id}"): "contacts.read",
    ("GET", "/api/v1/contacts/{id}/segments"): "contacts.read",
    ("GET", "/api/v1/runs/{id}/trace"): "contacts.read",
    ("GET", "/api/v1/mailbox"): "messages.read",
    ("GET", "/api/v1/mailbox/{id}"): "messages.read",
    ("GET", "/api/v1/receiving-domains"): "messages.read",
    ("POST", "/api/v1/receiving-domains/{id}/release"): "journeys.publish",
    ("GET", "/api/v1/rejected"): "events.read",
    ("POST", "/api/v1/imports"): "contacts.write",
    ("GET", "/api/v1/imports"): "contacts.write",
    ("GET", "/api/v1/imports/{id}"): "contacts.write",
    ("PATCH", "/api/v1/imports/{id}"): "contacts.write",
    ("POST", "/api/v1/imports/{id}/check"): "contacts.write",
    ("POST", "/api/v1/imports/{id}/start"): "contacts.write",
    ("POST", "/api/v1/imports/{id}/cancel"): "contacts.write",
    ("GET", "/api/v1/imports/{id}/rejects"): "contacts.write",
    ("POST", "/api/v1/exports"): "contacts.download",
    ("GET", "/api/v1/exports"): "audit.read",
    ("GET", "/api/v1/audit"): "audit.read",
    ("GET", "/api/v1/contacts/{id}/export"): "contacts.download",
    ("POST", "/api/v1/contacts/{id}/erasure"): "contacts.erase",
}
"""(method, path as in OpenAPI) → what it asks for. A route that is not here cannot be served."""

_TYPED = re.compile(r"\{(\w+):\w+\}")


def to_openapi_path(path: str) -> str:
    """Return a route's path as OpenAPI writes it: `{id:uuid}` is `{id}`."""
    return _TYPED.sub(r"{\1}", path)
