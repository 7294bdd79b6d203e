"""The own API, `/api/v1/…`: everything the application does, for sessions and keys alike.

Words. A *caller* is who asks: a user's session or a key, always in one workspace.

Invariants. Every route has a row in `permissions.ROUTES`; one without fails at the start. A caller's queries run
behind row-level security. Ids of other workspaces are answered like ids that do not exist. A POST with an
Idempotency-Key happens once, whatever is repeated. Every error is problem details with a stable code.
"""

from percorso.api.own.application import create_own_api

__all__ = ["create_own_api"]
