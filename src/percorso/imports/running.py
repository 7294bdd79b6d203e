"""Imports under way: any number of processes, each import held by one at a time; lot after lot into the log.

A lease says who is at an import; each lot looks at it again in its own transaction, so a process that was paused
beyond its lease takes in nothing twice. Lots wait while the worker is behind (architecture §3): what people do
meanwhile keeps its promise.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from percorso.consent.records import Channel
from percorso.consent.status_store import StatusKey, list_statuses
from percorso.contacts.fields.required import list_required
from percorso.contacts.fields.store import list_fields
from percorso.contacts.identity.store import read_owners
from percorso.contacts.store import find_entry_node, load_contacts
from percorso.db import Connection, Database
from percorso.db.away import is_transient
from percorso.db.clock import read_clock
from percorso.imports import store
from percorso.imports.faults import Reject
from percorso.imports.foreseeing import Foresight, Known
from percorso.imports.mapping import Mapper
from percorso.imports.model import Counts, Import
from percorso.imports.receiving import get_import
from percorso.imports.required import refuse_lacking
from percorso.imports.store import Claim
from percorso.imports.work import Foreseen, Lot, Work
from percorso.intake import store as intake
from percorso.intake.actions import make_room
from percorso.intake.bulk import HAS_EVIDENCE, OBEYS_REFUSALS, Bulk, Keeps, append_bulk
from percorso.intake.model import Call, Node, Source
from percorso.intake.resolving import RetryError
from percorso.log.partitions import Partitions
from percorso.telemetry import get_log

LEASE: Final = timedelta(seconds=15)
"""How long an import is a process's without a word of it; real time."""
MOST_FACTS: Final = 500
MOST_SECONDS: Final = 0.2
"""How far the worker may be behind while an import goes on (architecture §3)."""
OUR_FAULT: Final = "our_fault"
"""Why an import ended: something of ours broke; the log says what."""

_PIECES: Final = 8
_TRIES: Final = 20
_CHECKED_LOTS: Final = 20

_log = get_log(__name__)


class Importer:
    """The imports that this process is at."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._id = uuid4()
        self._partitions = Partitions(database)
        self._nodes: dict[UUID, Node] = {}
        self._works: dict[UUID, Work] = {}
        self._checks: dict[UUID, Foresight] = {}
        self._held: dict[UUID, Claim] = {}

    async def advance(self) -> bool:
        """Do the next piece of each import that is this process's or nobody's; return whether anything moved."""
        await self._claim()
        moved = False
        for claim in list(self._held.values()):
            try:
                moved = await self._step(claim) or moved
            except Exception as error:
                self._drop(claim.id)
                if is_transient(error):
                    raise
                _log.error("import failed", import_id=str(claim.id), exc_info=error)
                await self._fail(claim)
        return moved

    @property
    def is_busy(self) -> bool:
        """Whether there is anything to come back for soon."""
        return bool(self._held)

    async def close(self) -> None:
        """Give back what this process holds, so that another may go on at once."""
        for import_id in list(self._held):
            self._drop(import_id)
        async with self._database.transaction("imports.lease") as connection:
            await store.release_imports(connection, self._id)

    async def _claim(self) -> None:
        async with self._database.connection() as connection:
            if not await store.has_work(connection):
                return
        async with self._database.transaction("imports.lease") as connection:
            present = (await read_clock(connection)).real_at
            claim = await store.claim_import(connection, self._id, present=present, until=present + LEASE)
        if claim is not None:
            self._drop(claim.id)
            self._held[claim.id] = claim

    def _drop(self, import_id: UUID) -> None:
        self._held.pop(import_id, None)
        work = self._works.pop(import_id, None)
        if work is not None:
            work.close()
        check = self._checks.pop(import_id, None)
        if check is not None:
            check.close()

    async def _fail(self, claim: Claim) -> None:
        async with self._database.transaction("imports.change") as connection:
            await store.end_import(
                connection,
                claim.id,
                "failed",
                states=("checking", "running", "applying"),
                error=OUR_FAULT,
                present=(await read_clock(connection)).real_at,
            )

    async def _step(self, claim: Claim) -> bool:
        async with self._database.connection() as connection:
            found = await get_import(connection, claim.workspace_id, claim.id)
        if found.state == "applying":
            return await self._finish(claim)
        if found.state not in ("checking", "running"):
            self._drop(claim.id)
            return True
        work = self._works.get(claim.id)
        if work is None:
            work = self._works[claim.id] = await self._open(found)
        if found.state == "checking":
            return await self._check(claim, work)
        if work.read_rows != found.read_rows:
            work.begin(after_row=found.read_rows)
        return await self._run(claim, work)

    async def _open(self, found: Import) -> Work:
        """Bring the file here, and make ready what its rows are read with."""
        assert found.settings is not None
        async with self._database.connection() as connection:
            node_id = await find_entry_node(connection, found.workspace_id)
            lists = await store.list_lists(connection, found.workspace_id)
            assert node_id is not None
            node = self._nodes.setdefault(node_id, Node(found.workspace_id, node_id))
            source = Source(node=node, is_server=True, list_ids=tuple(lists))
            confirmed = frozenset(id for id, confirms in lists.items() if confirms)
            work = Work(found, Mapper(found.id, source, found.settings, confirmed_lists=confirmed))
            work.required = list_required(await list_fields(connection, found.workspace_id))
            number = 0
            while pieces := await store.read_pieces(connection, found.id, number=number, maximum=_PIECES):
                for piece in pieces:
                    work.write(piece)
                number += len(pieces)
        work.begin(after_row=found.read_rows)
        return work

    async def _run(self, claim: Claim, work: Work) -> bool:
        """Take in the next lot, or wait for the worker; after the last, wait for it to apply all."""
        async with self._database.connection() as connection:
            facts, seconds = await store.read_backlog(connection)
        if facts >= MOST_FACTS or seconds >= MOST_SECONDS:
            await self._hold(claim, work)
            return False
        lot = work.next_lot()
        if lot is None:
            async with self._database.transaction("imports.lot") as connection:
                if await self._hold_in(connection, claim, work) is not None:
                    await store.record_reach(connection, claim.id)
                    await store.delete_file(connection, claim.id)
            return True
        lot = await self._refuse_lacking(work, lot)
        if await self._take_in(claim, work, lot):
            work.read_rows = lot.until_row
        else:
            self._drop(claim.id)
        return True

    async def _hold(self, claim: Claim, work: Work) -> None:
        async with self._database.transaction("imports.lease") as connection:
            is_ours = await self._hold_in(connection, claim, work) is not None
        if not is_ours:
            self._drop(claim.id)

    async def _hold_in(self, connection: Connection, claim: Claim, work: Work) -> Counts | None:
        present = (await read_clock(connection)).real_at
        held = await store.hold_import(
            connection,
            self._id,
            claim.id,
            state="running",
            read_rows=work.read_rows,
            until=present + LEASE,
        )
        return None if held is None else held[0]

    async def _take_in(self, claim: Claim, work: Work, lot: Lot) -> bool:
        """Append a lot; False when the import is not this process's any more. What cannot be stored is rejected."""
        for tries_left in reversed(range(_TRIES)):
            try:
                async with self._database.transaction("imports.lot") as connection:
                    return await self._append(connection, claim, work, lot)
            except RetryError:
                pass
            except intake.NO_ROOM as error:
                if "partition" not in str(error) or not tries_left:
                    raise
                self._partitions.forget()
            except intake.RACES:
                if not tries_left:
                    raise
            except intake.UNSTORABLE:
                return await self._take_apart(claim, work, lot)
            await make_room(self._database, self._partitions)
        raise TimeoutError("Others kept being faster; the rows wait.")

    async def _take_apart(self, claim: Claim, work: Work, lot: Lot) -> bool:
        """Halve a lot until the row stands alone that the database refuses; that one is rejected."""
        if len(lot.rows) > 1:
            first, second = lot.halves()
            if not await self._take_in(claim, work, first):
                return False
            work.read_rows = first.until_row
            return await self._take_in(claim, work, second)
        reject = Reject(lot.records[0].row, "unstorable", None, {}, ())
        alone = Lot(lot.until_row, lot.until_byte, [], [], [reject, *lot.rejects])
        return await self._take_in(claim, work, alone)

    async def _append(self, connection: Connection, claim: Claim, work: Work, lot: Lot) -> bool:
        counts = await self._hold_in(connection, claim, work)
        if counts is None:
            return False
        bulk = None
        if lot.rows:
            bulk = await append_bulk(
                connection,
                self._partitions,
                [call for calls in lot.rows for call in calls],
                keeps=_keeps_of(work.found),
                moved=work.moved,
            )
        if lot.rejects:
            await store.insert_rejects(connection, claim.workspace_id, claim.id, lot.rejects)
        await store.record_progress(
            connection,
            claim.id,
            read_rows=lot.until_row,
            read_bytes=lot.until_byte,
            counts=counts.plus(count_lot(lot, bulk)),
        )
        return True

    async def _finish(self, claim: Claim) -> bool:
        """End the import when the worker has applied its last row."""
        async with self._database.transaction("imports.lease") as connection:
            present = (await read_clock(connection)).real_at
            found = await get_import(connection, claim.workspace_id, claim.id)
            held = await store.hold_import(
                connection,
                self._id,
                claim.id,
                state="applying",
                read_rows=found.read_rows,
                until=present + LEASE,
            )
            if held is None:
                self._drop(claim.id)
                return False
            if held[1] is None or not await store.has_reached(connection, held[1]):
                return False
            await store.end_import(connection, claim.id, "done", states=("applying",), present=present)
        self._drop(claim.id)
        return True

    async def _check(self, claim: Claim, work: Work) -> bool:
        """Look at the next lots without taking them in; after the last, say what they would come to."""
        foresight = self._checks.get(claim.id)
        if foresight is None:
            foresight = self._checks[claim.id] = await self._foresee(work)
        for _ in range(_CHECKED_LOTS):
            lot = work.next_lot()
            if lot is None:
                async with self._database.transaction("imports.change") as connection:
                    await store.record_check(connection, self._id, claim.id, foresight.counts, foresight.rows)
                self._drop(claim.id)
                return True
            work.read_rows = lot.until_row
            lot = await self._refuse_lacking(work, lot, foresight.foreseen)
            foresight.take(lot, await self._read_known(lot, with_contacts=foresight.wants_contacts))
        present = await self._renew(claim)
        return present is not None

    async def _foresee(self, work: Work) -> Foresight:
        async with self._database.connection() as connection:
            present = (await read_clock(connection)).product_at
        return Foresight(_keeps_of(work.found), present=present)

    async def _read_known(self, lot: Lot, *, with_contacts: bool) -> Known:
        owners = await self._read_owners(lot)
        ids = list(dict.fromkeys(owners.values()))
        subscriptions = [call.subscription for calls in lot.rows for call in calls if call.subscription]
        said: set[tuple[UUID, Channel]] = {(one.list_id, one.channel) for one in subscriptions}
        keys: list[StatusKey] = [(id, list_id, channel) for id in ids for list_id, channel in said]
        async with self._database.connection() as connection:
            contacts = await load_contacts(connection, ids) if with_contacts and ids else {}
            standings = await list_statuses(connection, keys) if keys else {}
        return Known(owners, contacts, standings)

    async def _refuse_lacking(self, work: Work, lot: Lot, foreseen: Foreseen | None = None) -> Lot:
        """Reject the rows that leave a required field empty; a dry run knows of those that it has made so far."""
        settings = work.found.settings
        if not work.required or not lot.rows or settings is None:
            return lot
        known = set(await self._read_owners(lot))
        if foreseen is not None:
            known |= foreseen.list_known([one for calls in lot.rows for one in calls[0].identities])
        return refuse_lacking(lot, work.required, settings.targets, known=known)

    async def _renew(self, claim: Claim) -> datetime | None:
        async with self._database.transaction("imports.lease") as connection:
            present = (await read_clock(connection)).real_at
            held = await store.hold_import(
                connection, self._id, claim.id, state="checking", read_rows=0, until=present + LEASE
            )
        if held is None:
            self._drop(claim.id)
            return None
        return present

    async def _read_owners(self, lot: Lot) -> dict[tuple[str, str], UUID]:
        calls: list[Call] = [calls[0] for calls in lot.rows]
        if not calls:
            return {}
        node = calls[0].source.node
        buckets = {identity: node.bucket_of(identity) for call in calls for identity in call.identities}
        async with self._database.connection() as connection:
            _, owners = await read_owners(connection, node.workspace_id, node.node_id, buckets)
        return {identity: owner for identity, owner in zip(buckets, owners, strict=True) if owner is not None}


def _keeps_of(found: Import) -> Keeps:
    has_evidence = found.settings is not None and found.settings.evidence is not None
    return HAS_EVIDENCE if has_evidence else OBEYS_REFUSALS


def count_lot(lot: Lot, bulk: Bulk | None) -> Counts:
    """Return what the rows of a lot came to."""
    new = refused = 0
    index = 0
    for calls in lot.rows:
        assert bulk is not None
        new += bulk.group.resolved[index].is_new
        refused += any(place in bulk.refused for place in range(index, index + len(calls)))
        index += len(calls)
    rejected = len(lot.rejects)
    return Counts(len(lot.rows) + rejected, new, len(lot.rows) - new, rejected, refused)
