"""Requests for places: pure values, and the fact that answers one."""

from datetime import datetime
from uuid import UUID

import msgspec

from percorso.kit.ids import WorkspaceId, bucket_of, derive_id
from percorso.log.model import FactDraft

Visit = tuple[UUID, str, int]
"""Run, step and visit: what takes a place."""


class PathKey(msgspec.Struct, frozen=True):
    """A path of a journey, and how many places the version that asks has there."""

    journey_id: UUID
    step: str
    path: str
    places: int
    workspace_id: UUID


class PlaceRequest(msgspec.Struct, frozen=True):
    """A visit of a step that waits to hear whether there is a place left."""

    run_id: UUID
    step: str
    visit: int
    contact_id: UUID
    journey_id: UUID
    path: str
    places: int
    workspace_id: UUID
    requested_at: datetime

    @property
    def visited(self) -> Visit:
        """What takes the place."""
        return (self.run_id, self.step, self.visit)

    @property
    def asked(self) -> PathKey:
        """Of which path a place is asked for."""
        return PathKey(self.journey_id, self.step, self.path, self.places, self.workspace_id)


def draft_answer(request: PlaceRequest, contact_id: UUID, *, is_taken: bool, now: datetime) -> FactDraft:
    """Return the fact that answers a request; its message id is the visit's, so it is told once."""
    run_id, step, visit = request.visited
    properties = {
        "journeyId": str(request.journey_id),
        "runId": str(run_id),
        "step": step,
        "visit": visit,
        "path": request.path,
    }
    return FactDraft(
        bucket=bucket_of(contact_id),
        workspace_id=WorkspaceId(request.workspace_id),
        contact_id=contact_id,
        kind="run",
        name="placeTaken" if is_taken else "placesFull",
        message_id=str(derive_id("place", run_id, step, visit)),
        occurred_at=now,
        properties=msgspec.json.encode(properties),
        origin="job",
    )
