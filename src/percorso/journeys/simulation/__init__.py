"""Simulation: what a version would do with one contact, in virtual time, decided by the engine that the worker uses.

Words. A *scenario* is who the contact is and what happens when; a *happening* one thing in it; an *answer* what comes
of what a step asks for outside (a message, a coupon, a webhook, a place). A *simulation* is what came of it.

Invariants. Nothing is sent, stored or read: the same version and scenario are the same simulation, to the last id.
Order is the worker's: what falls due before a fact comes before it, what a decision makes comes before the next fact.
"""
