"""Journeys: what contacts are carried along, by a pure engine over immutable versions.

Words. A *version* is a journey's published form, compiled once; a *run* one contact's way through it. A *start*
lets contacts in; a *removal* or *goal* takes them out at any step. A *step* is a box, a *path* one way out of it;
a run *holds* at a step until a time, a fact, or either. A *visit* is one arrival at a step, counted within the run.

Invariants. A version is never changed, and a run keeps the one that it entered. The engine reads no clock, has no
chance and touches nothing: from the same log it decides the same, late or not, once or twice. Every id is derived.
A run waits for something or has ended, with an outcome and a reason. One visit plans at most one message. What is
decided about a journey reaches every bucket once, in the order of deciding.

    journey:  draft ──publish──▶ ready ──activate──▶ active ◀──resume── paused
                                                       └──────pause──────▶┘        any of them ──archive──▶ archived

    run:      (start met) ──▶ waiting ──(time, fact)──▶ waiting at a further step … ──▶ ended
                                 └──(removal, goal, left the list, someone outside)──────▶ ended

`docs/architecture/journeys.md` tells how it fails and which test shows it.
"""
