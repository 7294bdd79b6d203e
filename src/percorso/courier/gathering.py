"""Many small commits made one: whoever asks while a commit runs is in the next."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Request = TypeVar("Request")
Answer = TypeVar("Answer")


class Gathering(Generic[Request, Answer]):
    """Collects requests and commits them together, in the order they came; an error is everybody's of that commit."""

    def __init__(
        self, commit: Callable[[Sequence[Request]], Awaitable[Sequence[Answer]]], *, size: int = 100
    ) -> None:
        self._commit = commit
        self._size = size
        self._waiting: list[tuple[Request, asyncio.Future[Answer]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, request: Request) -> Answer:
        """Return the answer to this request once it is committed; raises what the commit raised."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._commit_waiting())
        return await future

    async def _commit_waiting(self) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting[: self._size], self._waiting[self._size :]
            try:
                answers = await self._commit([request for request, _ in taken])
            except Exception as error:
                for _, future in taken:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), answer in zip(taken, answers, strict=True):
                if not future.done():
                    future.set_result(answer)
