"""A commit whose answer was lost: it happened or it did not, and either way the promises hold."""

from collections.abc import Sequence
from typing import Any

import pytest

from percorso.courier.journal import Journal
from percorso.courier.main import hand_over_all
from percorso.db import Database
from tests.support.scene import read_facts, read_message, ready_message
from tests.support.smtp_sink import SmtpSink


def lose_first_answer(monkeypatch: pytest.MonkeyPatch, method: str, *, committed: bool) -> list[int]:
    """Make the first commit's answer be lost, after it was committed or instead; return the sizes of all."""
    original = getattr(Journal, method)
    sizes: list[int] = []

    async def lose(self: Journal, requests: Sequence[Any]) -> list[bool]:
        sizes.append(len(requests))
        if len(sizes) > 1:
            return await original(self, requests)
        if committed:
            await original(self, requests)
        raise ConnectionResetError("the answer was lost")

    monkeypatch.setattr(Journal, method, lose)
    return sizes


@pytest.mark.parametrize("committed", [True, False])
async def test_a_mark_whose_answer_was_lost_leads_to_no_dot_and_is_taken_back(
    database: Database, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    _, _, message_id = await ready_message(database)
    sizes = lose_first_answer(monkeypatch, "_commit_marks", committed=committed)
    async with SmtpSink() as sink:
        await hand_over_all(database, provider=sink.provider())

    assert (sizes, len(sink.received)) == ([1, 1], 1)
    assert (await read_message(database, message_id))["state"] == "accepted"
    assert len(await read_facts(database, "campaignSent", "messageUnknown", "messageFailed")) == 1
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT result FROM attempts ORDER BY number")
    assert [row["result"] for row in rows] == (["withdrawn", "accepted"] if committed else ["accepted"])


@pytest.mark.parametrize("committed", [True, False])
async def test_a_result_whose_answer_was_lost_is_told_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    _, _, message_id = await ready_message(database)
    sizes = lose_first_answer(monkeypatch, "_commit_results", committed=committed)
    async with SmtpSink() as sink:
        await hand_over_all(database, provider=sink.provider())

    assert (sizes, len(sink.received)) == ([1, 1], 1)
    assert (await read_message(database, message_id))["state"] == "accepted"
    (fact,) = await read_facts(database, "campaignSent", "messageUnknown", "messageFailed")
    assert fact["name"] == "campaignSent"


async def test_a_fault_of_ours_before_the_dot_costs_a_pause_and_no_copy(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(self: Journal, requests: Sequence[Any]) -> list[bool]:
        raise TypeError("a fault of ours")

    _, _, message_id = await ready_message(database)
    monkeypatch.setattr(Journal, "_commit_marks", fail)
    async with SmtpSink() as sink:
        assert await hand_over_all(database, provider=sink.provider()) == 1

    assert sink.received == []
    message = await read_message(database, message_id)
    assert (message["state"], message["reason"]) == ("due", "refused_for_now")
    assert message["due_at"] > message["planned_at"]
