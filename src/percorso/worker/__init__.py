"""The worker: applies each bucket's facts and due runs, in order (architecture §4).

Words. A *batch* is one transaction over up to 64 buckets. A *walk* is one contact's part of it: its facts and
due runs in order of time. The *horizon* of a bucket is the moment up to which its due runs may be taken. A
contact's *background* is what is read only for those who need it: entries made before, and what the gate reads.

Invariants. What comes out does not depend on how facts were batched, on backlog, restarts or the number of
workers. Everything of a bucket is written under its cursor's lock, in the transaction that moves the cursor.
There is never a query per contact. `docs/architecture/worker.md` tells how it fails and which test shows it.
"""

from percorso.worker.apply import apply_all, apply_buckets

__all__ = ["apply_all", "apply_buckets"]
