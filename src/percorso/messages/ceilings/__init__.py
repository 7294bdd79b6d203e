"""The safety ceiling of a journey: how many messages it may send in a day before it pauses itself and asks (spec 3.7).

A mark is counted in its own transaction, under the lock of the journey's row in `ceilings`, which is taken after the accounts
of caps and before any message's row. The first message that finds no room any more sets `reached_at`; from then on none leaves
until somebody lets the journey go on. Pausing it is the part of `journeys.ceilings`: nobody locks a journey and marks.

Invariants: `counted` is how many messages were marked on `day` since `counted_since` and did not lose their mark;
it is never more than `most` was when they were marked. A journey without a row has no ceiling, and nothing is counted.
"""
