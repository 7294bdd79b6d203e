"""What the storm's checker asserts over the database alone; it shares no code with what it judges."""

import asyncio
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from tests.storm.shop import LARGE, THRESHOLD, Sent

_STORED = """SELECT message_id, count(*)::int AS copies FROM facts
    WHERE origin = 'api' AND kind IN ('event', 'status') GROUP BY message_id"""
_RUNS = """SELECT key, contact_id, state, outcome, reason, array(
    SELECT entry->>'step' FROM traces WHERE traces.run_id = runs.id ORDER BY number) AS steps FROM runs"""
_MESSAGES = "SELECT id, state, reason, run_id, step FROM messages"
_ARRIVED = (
    "SELECT message_id, count(*)::int AS copies FROM mailbox WHERE channel = 'email' GROUP BY message_id"
)
_BEHIND = """SELECT (SELECT count(*) FROM heads JOIN cursors USING (bucket)
        WHERE heads."offset" > cursors."offset")
    + (SELECT count(*) FROM runs WHERE state = 'waiting')
    + (SELECT count(*) FROM messages WHERE state IN ('planned', 'due', 'claimed', 'marked')) AS left"""
_COUNTED = "SELECT name, sum(value)::int AS value FROM counters WHERE step = '' AND path = '' GROUP BY name"
_SET_ASIDE = "SELECT count(*)::int FROM set_aside WHERE set_aside_at IS NOT NULL"


class Findings(msgspec.Struct):
    """What was counted, for `docs/proofs.md`, and everything that broke a promise, in words."""

    acknowledged: int = 0
    stored: int = 0
    runs: int = 0
    messages: int = 0
    arrived: int = 0
    unknown: int = 0
    counters: str = ""
    broken: list[str] = []


async def is_drained(connection: asyncpg.Connection) -> bool:
    """Whether every fact is applied, every run ended and every message has its end."""
    return await connection.fetchval(_BEHIND) == 0


async def check_storm(connection: asyncpg.Connection, folder: Path, events: list[Sent]) -> Findings:
    """Return the findings once all is drained: T1, T2, T3 and T5 of the promises, and the paths of the runs."""
    findings = Findings()
    await _check_log(connection, folder, findings)
    await _check_runs(connection, events, findings)
    await _check_messages(connection, findings)
    if await connection.fetchval(_SET_ASIDE):
        findings.broken.append("Something was set aside, though nothing here is at fault.")
    return findings


async def check_counters(database_url: str, findings: Findings) -> None:
    """Note what `percorso doctor --recount` says of the counters: T10."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "percorso", "doctor", "--recount", "--json"),
        env={**os.environ, "PERCORSO_DATABASE_URL": database_url},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    (counters,) = [each for each in msgspec.json.decode(output)["findings"] if each["name"] == "counters"]
    findings.counters = counters["sentence"]
    _expect(findings, "counters that are not what their ledger adds up to", counters["details"])


async def _check_log(connection: asyncpg.Connection, folder: Path, findings: Findings) -> None:
    acknowledged = set((folder / "acknowledged").read_text().split())
    sent = set((folder / "sent").read_text().split())
    stored = {row["message_id"]: row["copies"] for row in await connection.fetch(_STORED)}
    findings.acknowledged, findings.stored = len(acknowledged), len(stored)
    _expect(findings, "acknowledged but lost", sorted(acknowledged - stored.keys()))
    _expect(findings, "stored but never sent", sorted(stored.keys() - sent))
    _expect(findings, "stored more than once", sorted(key for key, copies in stored.items() if copies > 1))
    gaps = await connection.fetch(
        """SELECT heads.bucket FROM heads LEFT JOIN (SELECT bucket, count(*) AS rows, max("offset") AS last
               FROM facts GROUP BY bucket) AS counted USING (bucket)
           WHERE coalesce(rows, 0) <> heads."offset" OR coalesce(last, 0) <> heads."offset" """
    )
    _expect(findings, "buckets with a gap in their offsets", [row["bucket"] for row in gaps])


async def _check_runs(connection: asyncpg.Connection, events: list[Sent], findings: Findings) -> None:
    runs = await connection.fetch(_RUNS)
    findings.runs = len(runs)
    orders = {sent.message_id: sent for sent in events if sent.name == "completedOrder"}
    wanted = {key for key, sent in orders.items() if sent.revenue >= THRESHOLD}
    entered = Counter(run["key"] for run in runs)
    _expect(findings, "orders that should have entered and did not", sorted(wanted - entered.keys()))
    _expect(findings, "runs that nothing should have begun", sorted(entered.keys() - wanted))
    _expect(
        findings, "orders that entered twice", sorted(key for key, number in entered.items() if number > 1)
    )
    wrong = [
        run["key"] for run in runs if run["key"] in orders and _path(run) != _expected(orders[run["key"]])
    ]
    _expect(findings, "runs that went another way than their order says", wrong)
    counted = {row["name"]: row["value"] for row in await connection.fetch(_COUNTED)}
    if counted.get("entered", 0) != len(runs):
        findings.broken.append(
            f"The counter says {counted.get('entered')} entered; the table has {len(runs)} runs."
        )


async def _check_messages(connection: asyncpg.Connection, findings: Findings) -> None:
    messages = await connection.fetch(_MESSAGES)
    arrived = {row["message_id"]: row["copies"] for row in await connection.fetch(_ARRIVED)}
    states = Counter(message["state"] for message in messages)
    findings.messages, findings.unknown = len(messages), states["unknown"]
    findings.arrived = sum(arrived.values())
    visits = Counter((message["run_id"], message["step"]) for message in messages)
    _expect(
        findings, "visits with two messages", [str(visit) for visit, number in visits.items() if number > 1]
    )
    _expect(
        findings, "messages that arrived twice", [str(key) for key, copies in arrived.items() if copies > 1]
    )
    _expect(
        findings,
        "mail that nobody planned",
        [str(key) for key in arrived.keys() - {m["id"] for m in messages}],
    )
    lost = [str(m["id"]) for m in messages if m["state"] == "accepted" and m["id"] not in arrived]
    _expect(findings, "messages called accepted that never arrived", lost)
    silent = [str(m["id"]) for m in messages if m["state"] in ("skipped", "failed")]
    _expect(findings, "messages skipped or failed, though nothing here forbids them", silent)


def _path(run: Any) -> tuple[str, tuple[str, ...], str | None]:
    return run["state"], tuple(dict.fromkeys(step for step in run["steps"] if step)), run["outcome"]


def _expected(order: Sent) -> tuple[str, tuple[str, ...], str]:
    if order.revenue >= LARGE:
        return "ended", ("thanks", "hold", "size", "gift", "won"), "positive"
    return "ended", ("thanks", "hold", "size", "done"), "neutral"


def _expect(findings: Findings, sentence: str, offenders: list[Any]) -> None:
    if offenders:
        findings.broken.append(f"{len(offenders)} {sentence}, for example {offenders[:5]}.")
