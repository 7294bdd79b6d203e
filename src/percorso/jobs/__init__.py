"""Durable internal work: asked for in the transaction that needs it, done later, repeated until done.

Words. A *job* is one row: its kind says which handler does it, its arguments say what. Jobs of one kind and
*key* are done one after the other, in the order in which they were asked for.

Invariants. A job is done in the transaction that holds its row: what it changes and that it is done commit
together, so it takes effect exactly once. One that fails is tried again, later each time, and is given up
after the last try with its error kept; then the next of its key goes on. A long one does a part, says what is left
(`Later`), and goes on after a pause, before the next of its key.

    waiting ──(handler commits)──▶ done
       └──(fails for the 12th time)──▶ failed
"""

from percorso.jobs.actions import enqueue_job
from percorso.jobs.model import Later
from percorso.jobs.run import Handlers, is_anything_put_off, run_all_jobs, run_jobs

__all__ = ["Handlers", "Later", "enqueue_job", "is_anything_put_off", "run_all_jobs", "run_jobs"]
