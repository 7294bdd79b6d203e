"""`percorso bench segments`: twelve questions over a million contacts, beside SQL written by hand for speed."""

import time
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from percorso.bench.frame import Result, bench_command, open_ground, progress
from percorso.bench.segments.questions import BY_HAND, Question, list_questions
from percorso.bench.segments.scene import NOW, Scene, make_scene, queries
from percorso.conditions import compile_sql
from percorso.conditions.model import Test
from percorso.conditions.store import find_rare_tests
from percorso.db import Connection, Database
from percorso.segments import sources

CONTACTS: Final = 1_000_000
TARGET_RATIO: Final = 1 / 1.2
"""Ours may take 1.2 times as long as SQL written by hand (architecture §7)."""
_ROUNDS: Final = 5

# Importing it makes groups known to conditions.
assert sources


class Answer(msgspec.Struct, frozen=True):
    """How many contacts a question has, and the seconds that ours and the one by hand took: the least of a few."""

    name: str
    contacts: int
    ours: float
    by_hand: float

    @property
    def ratio(self) -> float:
        """By hand / ours."""
        return self.by_hand / self.ours


async def measure_segments(quick: bool) -> Result:
    """Return the question that is slowest beside its SQL by hand."""
    contacts = CONTACTS // 10 if quick else CONTACTS
    async with open_ground() as ground:
        scene = Scene(ground.workspace_id, ground.node_id)
        progress(f"making {contacts} contacts and {20 * contacts} facts")
        begun = time.perf_counter()
        await make_scene(ground.database, scene, contacts=contacts)
        progress(f"made in {time.perf_counter() - begun:.0f} s")
        answers = [await ask(ground.database, scene, question) for question in list_questions(scene)]
    worst = min(answers, key=lambda answer: answer.ratio)
    return Result(
        bench="segments",
        figure=round(worst.ours, 3),
        unit="s",
        limit=round(worst.by_hand, 3),
        limit_is=f"SQL written by hand for the question that is slowest beside it: {worst.name}",
        ratio=round(worst.ratio, 3),
        target=round(worst.by_hand / TARGET_RATIO, 3),
        target_ratio=round(TARGET_RATIO, 3),
        more={
            "contacts": contacts,
            "questions": {
                answer.name: {
                    "contacts": answer.contacts,
                    "ours_s": round(answer.ours, 3),
                    "by_hand_s": round(answer.by_hand, 3),
                    "ratio": round(answer.ratio, 3),
                }
                for answer in answers
            },
        },
    )


async def ask(database: Database, scene: Scene, question: Question) -> Answer:
    """Ask one question in turns, ours and by hand; raises RuntimeError where they disagree."""
    name = BY_HAND[question.name]
    said = {**msgspec.structs.asdict(scene), "now": NOW}
    by_hand_values = tuple(said[parameter] for parameter in queries.get_query(name).parameters)
    by_hand = queries.sql(name)
    times: tuple[list[float], list[float]] = ([], [])
    counts: set[int] = set()
    async with database.connection() as connection:
        for _ in range(_ROUNDS):
            for taken, counting in (
                (times[0], _count_ours(connection, scene, question)),
                (times[1], connection.fetchval(by_hand, *by_hand_values)),
            ):
                begun = time.perf_counter()
                counts.add(await counting)
                taken.append(time.perf_counter() - begun)
    if len(counts) != 1:
        raise RuntimeError(f"{question.name}: ours and the one by hand say {sorted(counts)}.")
    answer = Answer(question.name, counts.pop(), min(times[0]), min(times[1]))
    progress(
        f"{answer.name}: {answer.contacts} contacts, {answer.ours:.3f} s, by hand {answer.by_hand:.3f} s"
    )
    return answer


async def _count_ours(connection: Connection, scene: Scene, question: Question) -> int:
    """Ask a question as the product asks it."""
    workspace_id = scene.workspace_id
    rare = await find_rare_tests(connection, workspace_id, question.tree, now=NOW, time_zone="UTC")
    text, values = write_ours(scene, question, rare)
    count: int = await connection.fetchval(text, *values)
    return count


def write_ours(scene: Scene, question: Question, rare: Sequence[Test] = ()) -> tuple[str, tuple[Any, ...]]:
    """Return a question as the product asks it, with its parameters."""
    arguments = queries.arguments("count_asked", {"workspace_id": scene.workspace_id})
    asked = compile_sql(
        question.tree,
        now=NOW,
        time_zone="UTC",
        workspace_id=scene.workspace_id,
        first_parameter=len(arguments) + 1,
        rare=rare,
    )
    text = queries.sql("count_asked").replace("/* joins */", asked.joins)
    return text.replace("AND true /* condition */", f"AND {asked.text}"), (*arguments, *asked.parameters)


segments = bench_command("segments", "Twelve questions over contacts and events, beside SQL by hand.")(
    measure_segments
)
