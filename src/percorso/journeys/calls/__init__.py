"""Calls that steps make: POST of chosen values, signed, at least once, answered by exactly one fact.

Words. A *call* is what one visit of a Webhook step asks for; its id is the visit's and goes with every try, so that the
receiver may tell a repeated one. A *try* is one request. The *secret* of a workspace signs; after it was changed the one
before signs beside it for a day.

    due ──claim──▶ claimed ──2xx──▶ answered ──▶ told by `webhookAnswered`
     ▲                │ └──410, forbidden, no tries left──▶ failed ──▶ told by `webhookFailed`
     └──no answer, other answers, claim lost   └──the run went on or ended, or the contact is erased──▶ cancelled

Invariants. A call lies in its contact's bucket, planned in the transaction that decided it. No transaction is open while
it is made. It is claimed only while its run waits for it, its contact is not erased and its journey not paused. What came
of a try is committed with the fact that tells the run, or told later when the run is on the way to another contact.
The claim stands for the mark: a try begins within a second of it, or not at all.
"""
