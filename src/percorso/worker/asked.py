"""What is asked of one run from outside its journey's graph: to be moved, to end, to go on without its message. Pure."""

from typing import Final

import msgspec

from percorso.contacts.fold import is_carried
from percorso.journeys.people.inside import ASKING, Ask, Standing, decide_asked
from percorso.log.model import Fact
from percorso.worker.effects import Effects
from percorso.worker.ledger import BackgroundMissing
from percorso.worker.own_facts import Cause

_ASKED: Final = "The run could not be put where it was asked to be"


def is_ask(fact: Fact) -> bool:
    """Whether the fact asks something of a run; an event of such a name is not one."""
    return fact.kind == "run" and fact.name in ASKING


class Asked(Effects):
    """A ledger that also does what is asked of a run by name."""

    def _carry_out(self, fact: Fact, cause: Cause) -> None:
        """Let the run do what is asked of it; one that ended, or moved on, or is another's by now is left alone."""
        if is_carried(fact):
            # The run came over with this fact, and met it before.
            return
        try:
            ask = msgspec.convert(fact.properties, Ask)
        except msgspec.ValidationError:
            return
        run = self._runs.get(ask.run_id)
        old = None if run is None else self._interest.versions.get((run.journey_id, run.version))
        if run is None or old is None or run.journey_id != ask.journey_id:
            return
        new = self._interest.versions.get((run.journey_id, ask.version))
        standing = Standing(self._attributes(), cause.now, self._around(cause.now), fact.offset)
        try:
            decision = decide_asked(fact.name, ask, run, old, new, standing)
        except BackgroundMissing:
            raise
        except Exception as error:
            # One run's bad data must stop neither its contact's other runs nor the bucket.
            self._end_failed(run, f"{_ASKED}: {type(error).__name__}: {error}", cause)
            return
        if decision.run is not run or decision.effects:
            self._settle(run, decision, cause)
