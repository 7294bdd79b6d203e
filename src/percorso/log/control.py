"""Control facts: what holds for a whole bucket from an offset on, said to every bucket. Pure."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from percorso.kit.ids import BUCKETS, Bucket, WorkspaceId, derive_id
from percorso.log.model import FactDraft


def draft_control_facts(
    job_id: UUID, workspace_id: UUID, name: str, properties: dict[str, Any], now: datetime
) -> list[FactDraft]:
    """Return the fact for each bucket, with the message id that repeating arrives at again."""
    encoded = msgspec.json.encode(properties)
    return [
        FactDraft(
            bucket=Bucket(bucket),
            workspace_id=WorkspaceId(workspace_id),
            contact_id=None,
            kind="control",
            name=name,
            message_id=str(derive_id("control", job_id, bucket)),
            occurred_at=now,
            properties=encoded,
            origin="job",
        )
        for bucket in range(BUCKETS)
    ]
