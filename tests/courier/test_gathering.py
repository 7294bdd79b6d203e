"""Many small commits made one."""

import asyncio
from collections.abc import Sequence

import pytest

from percorso.courier.gathering import Gathering


async def test_whoever_asks_while_a_commit_runs_is_in_the_next() -> None:
    commits: list[list[int]] = []
    gate = asyncio.Event()

    async def commit(numbers: Sequence[int]) -> list[int]:
        commits.append(list(numbers))
        await gate.wait()
        return [number * 10 for number in numbers]

    gathering = Gathering(commit)
    asked = [asyncio.create_task(gathering.ask(1))]
    while not commits:
        await asyncio.sleep(0)
    asked += [asyncio.create_task(gathering.ask(number)) for number in (2, 3, 4)]
    await asyncio.sleep(0)
    gate.set()

    assert await asyncio.gather(*asked) == [10, 20, 30, 40]
    assert commits == [[1], [2, 3, 4]]


async def test_an_error_is_everybodys_of_that_commit_and_nobody_elses() -> None:
    async def commit(numbers: Sequence[int]) -> list[int]:
        if 1 in numbers:
            raise ValueError("no")
        return list(numbers)

    gathering = Gathering(commit, size=2)
    answers = await asyncio.gather(*(gathering.ask(n) for n in (1, 2, 3, 4)), return_exceptions=True)

    assert [type(answer) for answer in answers] == [ValueError, ValueError, int, int]


async def test_who_gave_up_waiting_disturbs_nobody() -> None:
    gate = asyncio.Event()

    async def commit(numbers: Sequence[int]) -> list[int]:
        await gate.wait()
        return list(numbers)

    gathering = Gathering(commit)
    first, second = (asyncio.create_task(gathering.ask(number)) for number in (1, 2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    gate.set()

    assert await second == 2
    with pytest.raises(asyncio.CancelledError):
        await first
