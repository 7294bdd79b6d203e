"""The frequency cap of a workspace: how many marketing messages may reach one contact, per channel and period (spec 3.7).

A place is taken in the mark's own transaction and given back with the mark; so what is counted is what may have left.
Whoever marks for a contact and channel does so one after the other, under the lock of its row in `caps`, which is taken
before any message's. A message leaves a place to each that is due now and stands higher.

Invariants: `taken` holds the mark of every marketing message that was not taken back, as far as a period reaches back;
no period ever holds more than its rule's `most` of those marked since the rule was set.
"""
