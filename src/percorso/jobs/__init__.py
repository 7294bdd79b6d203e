"""Durable internal work: asked for in the transaction that needs it, done later, repeated until done.

Words. A *job* is one row: its kind says which handler does it, its arguments say what. Jobs of one kind and
*key* are done one after the other, in the order in which they were asked for.

Invariants. A job is done in the transaction that holds its row: what it changes and that it is done commit
together, so it takes effect exactly once. One that fails is tried again, later each time, and is given up
after the last try with its error kept; then the next of its key goes on.

    waiting ──(handler commits)──▶ done
       └──(fails for the 12th time)──▶ failed
"""

from percorso.jobs.actions import enqueue_job
from percorso.jobs.run import Handlers, run_all_jobs, run_jobs

__all__ = ["Handlers", "enqueue_job", "run_all_jobs", "run_jobs"]
