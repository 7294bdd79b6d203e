"""The embedded mailbox: a real SMTP listener on loopback, and a store of what really arrived (spec 4.9).

Nothing is deduplicated: two copies are shown as two, or the promise of one could not be seen to hold.
"""
