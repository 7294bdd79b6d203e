"""What people say of a list and of their consents, in tests of the worker: fact, row and proof, as the product writes them."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from percorso.consent.actions import record_statuses
from percorso.consent.leaves import LeafChange
from percorso.consent.records import Status, StatusChange
from percorso.consent.register import Suppression, record_leaf, suppress_address
from percorso.kit.ids import bucket_of
from percorso.log.actions import append_facts, follow_moved
from tests.worker.scene import LIST_ID, WORKSPACE_ID, Scene

LEAF = "marketing.automatic.email"
STATUS_FACTS: dict[Status, str] = {
    "subscribed": "campaignSubscribed",
    "pending": "campaignOptinRequested",
    "unsubscribed": "campaignUnsubscribed",
}


async def say_status(scene: Scene, contacts: Iterable[UUID], status: Status, *, ago: int = 0) -> None:
    """Let contacts say, so many minutes ago, how they stand with the list; who is forgotten says nothing."""
    at = scene.now - timedelta(minutes=ago)
    said = {"listId": str(LIST_ID), "channel": "email", "source": "form", "wording": ""}
    drafts = [scene.event(id, STATUS_FACTS[status], said, kind="status", occurred_at=at) for id in contacts]
    async with scene.database.transaction("test.commit") as connection:
        drafts = await follow_moved(connection, drafts)
        offsets = await append_facts(connection, drafts, received_at=scene.now)
        changes = [
            StatusChange(WORKSPACE_ID, draft.contact_id, LIST_ID, "email", status, "form", "", at)
            for draft, offset in zip(drafts, offsets, strict=True)
            if draft.contact_id is not None and offset
        ]
        recorded_at = {bucket_of(change.contact_id): scene.now for change in changes}
        await record_statuses(connection, changes, recorded_at=recorded_at)


async def say_consent(
    scene: Scene, contact: UUID, status: bool, limitation: bool = False, objection: bool = False
) -> None:
    """Let a contact say how a leaf of their consents stands."""
    change = LeafChange(
        workspace_id=WORKSPACE_ID,
        contact_id=contact,
        leaf=LEAF,
        status=status,
        limitation=limitation,
        objection=objection,
        source="form",
        wording="",
    )
    async with scene.database.transaction("test.commit") as connection:
        await record_leaf(connection, change, now=scene.now)


async def suppress(scene: Scene, contact: UUID, address: str) -> None:
    """Let somebody close an address of a contact by hand."""
    asked = Suppression(
        workspace_id=WORKSPACE_ID,
        contact_id=contact,
        channel="email",
        address=address,
        source="desk",
        wording="Asked by phone.",
    )
    async with scene.database.transaction("test.commit") as connection:
        await suppress_address(connection, asked, now=scene.now)
