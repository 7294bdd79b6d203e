"""Each question says the same as its SQL by hand, and says something."""

from percorso.bench.segments import ask
from percorso.bench.segments.questions import BY_HAND, list_questions
from percorso.bench.segments.scene import Scene, make_scene
from percorso.db import Database
from percorso.kit.ids import derive_id
from tests.support.world import World

CONTACTS = 1000


async def test_the_questions_mean_what_their_sql_by_hand_means(database: Database) -> None:
    await World.open(database)
    scene = Scene(derive_id("bench workspace"), derive_id("bench node"))
    await make_scene(database, scene, contacts=CONTACTS)
    answers = [await ask(database, scene, question) for question in list_questions(scene)]
    assert [answer.name for answer in answers] == list(BY_HAND)
    assert [answer.name for answer in answers if not 0 < answer.contacts < CONTACTS] == []
