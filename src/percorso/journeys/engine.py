"""The engine: what an entry, an event or a moment makes of a run.

Pure: no clock, no chance, no reading or writing. `now` is the fact's `received_at` or the run's `due_at`,
never the wall clock, so a late worker decides what a punctual one would have. Ids are derived: repeating
arrives at the same ones.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from percorso.journeys.entry import Enter, Restart
from percorso.journeys.model import Decision, Input, Run
from percorso.journeys.version import Version
from percorso.log.model import Fact


def enter(
    version: Version,
    entry: Enter | Restart,
    fact: Fact,
    attributes: dict[str, Any],
    now: datetime,
) -> Decision:
    """Return the run that begins with `fact`, walked until it holds or ends, and what must be done.

    The runs of a Restart are ended by the caller first: `advance(version, run, Removed(RESTARTED), …)`.
    """
    raise NotImplementedError


def advance(version: Version, run: Run, input: Input, attributes: dict[str, Any], now: datetime) -> Decision:
    """Return what `input` makes of `run`, and what must be done besides.

    Give every waiting run of the contact each event whose name is in `version.names`, and `TimeDue` when its
    `due_at` has come. What does not concern the run leaves it as it was (`decision.run is run`).
    """
    raise NotImplementedError


def was_removed(before: Run, decision: Decision) -> bool:
    """Whether a removal or goal ended the run in this decision: then the same event is no entry."""
    raise NotImplementedError


def derive_run_id(journey_id: UUID, contact_id: UUID, fact: Fact) -> UUID:
    """Return the id of the run that this fact starts."""
    raise NotImplementedError
