"""Who a call speaks of: identities normalised, owned by one contact of a node, claimed, moved, merged.

Words. An *identity* is one way to recognise a contact, (kind, value). A kind is *strong* (external id, user id,
email, phone) or *weak* (device, anonymous id). A contact is *anonymous* while it has weak ones only.
To *claim* is to insert the identity's row: whoever inserts first decides, everybody else reads (architecture §9.2).

Invariants. An identity belongs to one contact of a node. Two known contacts are never merged by a call. What this
process remembers of owners is a hint, checked in every transaction that uses it.

    anonymous ──(claims a strong identity)──▶ known
    anonymous ──(named beside a known one)──▶ moved ──(facts carried over, by the worker)──▶ done
"""
