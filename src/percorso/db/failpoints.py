"""The names of all commit points, and the tests' way to kill a process at one of them.

`FAILPOINTS="intake.append.before=kill:3,worker.apply.after=stop:1"` sends this process SIGKILL at the third time
it is about to commit an append, and SIGSTOP right after the first commit of a batch. A bare name means `.before`.
`FAILPOINTS_SEEN=path` appends the name of each commit point to that file the first time a process passes it.
Both are read once, when the process starts; unset, they cost one dictionary lookup per commit.
"""

import os
import signal
from dataclasses import dataclass, field

from percorso.db.errors import UnnamedCommitError

COMMIT_POINTS: dict[str, str] = {
    "log.partitions": "room for the facts of a month and the message ids of a day, or an old day gone",
    "log.empty": "facts of a workspace in a bucket, kept long enough, gone",
    "intake.append": "the calls of concurrent requests: identities, message ids, facts, statuses, rejections",
    "workspaces.attempt": "an attempt to sign in, counted as failed until it succeeds",
    "workspaces.sign_in": "a session, and the email's attempts forgiven",
    "workspaces.session": "a session seen lately, or ended",
    "demo.clock": "product time as the demo drives it",
    "workspaces.set_up": "the first workspace, its owner and its keys",
    "workspaces.user": "a user made from the command line",
    "api.claim": "that a POST with an Idempotency-Key is being answered",
    "api.answer": "the answer that a repeated POST gets again",
    "courier.claim": "messages held by a courier for a lease",
    "courier.renew": "the lease of what a courier still holds, made longer",
    "courier.mark": "that messages may leave from now on, and the journal's open lines",
    "courier.result": "what came of tries to hand over, with the facts that tell the runs",
    "courier.upkeep": "planned messages become due, lapsed claims given back",
    "mailbox.record": "email, SMS or push kept by the embedded mailbox, before it is answered for",
    "content.template": "a template's new version with its links",
    "pages.visit": "a click or an open, with its first-time mark",
    "privacy.erase": "a contact forgotten: its mark, its identities given up, messages cancelled, its last fact",
    "privacy.empty": "what was left of an erased contact emptied or gone",
    "consent.change": "a status, leaf or suppression as somebody recorded it, with its proof and fact",
    "pages.status": "a status changed by the contact, with its proof and fact",
    "contacts.command": "what one command of `percorso fields` changed",
    "contacts.tags": "tags put on a contact or taken off, told by the log",
    "contacts.count_events": "events of a stretch of the log counted by name and day",
    "segments.group": "that one contact joined a group, left it or moved, told by the log",
    "jobs.run": "what one job changed, and that it is done",
    "jobs.failure": "that a job failed, and when it is tried again",
    "jobs.forget": "jobs done long ago, gone",
    "messages.caps": "what one command of `percorso caps` changed",
    "workspaces.holidays": "what one command of `percorso holidays` changed",
    "journeys.experiment": "what was measured of an experiment, who has won, and the job that tells the buckets",
    "journeys.entries": "contacts handed in by the API or a user, told by the log",
    "journeys.ceiling": "that a journey which was about to send too much is paused, and the job that tells the buckets",
    "journeys.watch": "that a journey can go on for nobody, or can again, and the job that tells the buckets",
    "journeys.command": "what one command of `percorso journeys` changed",
    "segments.command": "what one command of `percorso segments` changed",
    "bench.copy": "rows that a bench writes to find the machine's limit",
    "db.request": "what one request of a user or key changed in its workspace",
    "db.migrate": "one migration file and its row in `migrations`",
    "worker.read_heads": "nothing: heads and product time were read together",
    "worker.apply": "facts and due runs of up to 64 buckets applied, and their cursors moved",
    "worker.try": "that a fact or run which fails by itself is tried once more",
    "worker.merge_carry": "facts and runs of a merged contact given to the one that stays",
    "worker.merge_finish": "the rows of a merged contact gone",
    "worker.set_aside": "a fact, run or moment given up after three tries, with its error",
    "worker.notices": "confirmations and first notifications that were owed, planned and told",
    "worker.recount": "counters of a bucket, found wrong by a recount, put right",
    "coupons.pool": "a pool made, or codes added to it",
    "coupons.mark": "codes marked for visits of steps, in their pool's bucket",
    "coupons.answer": "the facts that tell runs their codes, and their requests gone",
    "places.take": "places of a path taken for visits, in the bucket of their journey",
    "places.answer": "the facts that tell runs whether they have a place, and their requests gone",
    "webhooks.claim": "calls held by a process for a lease, and their tries begun; calls nobody waits for, ended",
    "webhooks.renew": "the lease of calls that are still held, made longer",
    "webhooks.result": "what came of a try of a call, with the fact that tells the run",
    "webhooks.tell": "the facts that tell runs which were on the way how their calls ended",
    "webhooks.secret": "a secret that signs calls, made or changed",
    "imports.change": "an import made, described, started, tried or ended",
    "imports.piece": "the next piece of a file",
    "imports.lease": "an import held by a process, or given back",
    "imports.lot": "the rows of a lot in the log, its rejects, and how far the file is read",
    "exports.record": "that somebody takes something out, or that all of it left",
    "test.commit": "what a test writes itself to set its scene",
}
"""Every commit point by name (area.what), with what becomes true when it commits."""

_ACTIONS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}


@dataclass(slots=True)
class Failpoint:
    """One armed failpoint: at its nth pass the process gets the signal."""

    signal: signal.Signals
    nth: int
    passed: int = 0


@dataclass(slots=True)
class Failpoints:
    """The failpoints armed in this process."""

    armed: dict[str, Failpoint] = field(default_factory=dict[str, Failpoint])
    seen_path: str | None = None
    seen: set[str] = field(default_factory=set[str])

    def pass_point(self, name: str, moment: str) -> None:
        """Note that the commit point `name` is passed at `moment` (`before` or `after`), and act if armed."""
        if self.seen_path and name not in self.seen:
            self.seen.add(name)
            with open(self.seen_path, "a", encoding="utf-8") as file:
                file.write(f"{name}\n")
        failpoint = self.armed.get(f"{name}.{moment}")
        if failpoint is None:
            return
        failpoint.passed += 1
        if failpoint.passed == failpoint.nth:
            os.kill(os.getpid(), failpoint.signal)


def parse_failpoints(text: str) -> dict[str, Failpoint]:
    """Return the failpoints written in `text`; raises ValueError for a name or action that does not exist."""
    armed: dict[str, Failpoint] = {}
    for part in filter(None, text.split(",")):
        key, _, action = part.strip().partition("=")
        verb, _, nth = action.partition(":")
        key = f"{key}.before" if key in COMMIT_POINTS else key
        name, _, moment = key.rpartition(".")
        if name not in COMMIT_POINTS or moment not in ("before", "after"):
            raise ValueError(f"FAILPOINTS names {key!r}, which is no commit point with .before or .after.")
        if verb not in _ACTIONS:
            raise ValueError(f"FAILPOINTS asks for {verb!r}; known are {', '.join(_ACTIONS)}.")
        armed[key] = Failpoint(signal=_ACTIONS[verb], nth=int(nth or "1"))
    return armed


def check_commit_point(name: str) -> None:
    """Raise UnnamedCommitError unless `name` is registered here."""
    if name not in COMMIT_POINTS:
        raise UnnamedCommitError(
            f"{name!r} is not a commit point. Add it to COMMIT_POINTS in percorso/db/failpoints.py, "
            "so that the suite can kill a process there."
        )


FAILPOINTS = Failpoints(
    armed=parse_failpoints(os.environ.get("FAILPOINTS", "")),
    seen_path=os.environ.get("FAILPOINTS_SEEN"),
)
"""The failpoints of this process, from its environment."""
