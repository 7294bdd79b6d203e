"""Status, consent and suppression of contacts, with proof; and the gate that reads them.

Words. A *status* is a contact's on a list and channel: subscribed, pending, unsubscribed. A *consent leaf* is one
purpose that a contact allowed or refused. A *suppression* is an address never written to again. The *gate* decides
from these whether a message may leave.

Invariants. Every change leaves a record that is chained to the one before and never altered. The gate reads the
newest rows, not the folded contact (architecture §9.7).
"""
