"""One intended delivery to one contact, from planned to its end, and the journal of trying to hand it over.

Words. A *message* is planned by the worker for one visit of a step. A courier *claims* it for a time, *marks* it
just before the dot (from then on it may have left), and records the *result*. An *attempt* is one try to hand over.

Invariants. The states follow each other as `model.FOLLOWS` says and no other way. The mark is one conditional update
that holds the whole gate. A result and the fact that tells the run commit together. A marketing message is never
marked twice unless the first mark is known not to have led to a dot.

    planned ─▶ due ◀─▶ claimed ─▶ marked ─▶ accepted ─▶ delivered ─▶ bounced
                │         │  │      │ │
                └─────────┴──┴▶ skipped, failed; unknown ◀── (doubt)
"""
