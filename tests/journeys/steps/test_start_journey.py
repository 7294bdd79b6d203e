from uuid import UUID

from percorso.conditions.model import Attribute, EventProperty
from percorso.journeys.graph import End, StartJourney
from percorso.journeys.model import HandOver
from tests.journeys.build import make_version
from tests.journeys.stage import Stage

OTHER = "00000000-0000-8000-8000-00000000a002"


def test_the_contact_is_handed_over_with_values_and_the_run_goes_on() -> None:
    values = {"cart": EventProperty("cart"), "missing": Attribute("nothing")}
    stage = Stage(make_version({"hand": StartJourney(OTHER, values, next="end"), "end": End("positive")}))
    stage.happens("began", cart="c-1")
    assert stage.further == [HandOver(UUID(OTHER), {"cart": "c-1"}, "hand", 1)]
    assert (stage.run.state, stage.run.outcome) == ("ended", "positive")
