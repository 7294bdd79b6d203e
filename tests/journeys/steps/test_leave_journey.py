from uuid import UUID

from percorso.journeys.graph import LeaveJourney
from percorso.journeys.model import TakeOut
from tests.journeys.build import make_version
from tests.journeys.stage import Stage

OTHER = "00000000-0000-8000-8000-00000000a002"


def test_the_contact_is_taken_out_of_the_other_journey_and_this_run_goes_on() -> None:
    stage = Stage(make_version({"leave": LeaveJourney(OTHER, "negative")}))
    stage.happens("began")
    assert stage.further == [TakeOut(UUID(OTHER), "negative")]
    assert (stage.run.outcome, stage.run.reason) == ("neutral", "completed")
