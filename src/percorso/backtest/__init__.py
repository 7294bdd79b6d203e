"""Backtest: what journeys make of the recorded facts, told again contact by contact (spec 3.12, L27).

Words. *Told* is what the log says of the worker's own doing that is not decided again: memberships of segments, what the
gate said. An *epoch* is a stretch of a bucket's log between two control facts about journeys. A *family* is a contact
with those who were merged into it.

Invariants. The walk is the worker's own (`worker.walk`): nothing is decided here. Nothing is written but the result.
Memory holds one piece of the log, however many contacts there are. `docs/architecture/backtest.md` says what is taken
from the log, what is made anew, and which test shows it.
"""
