"""Contacts: who they are and what is known of them, folded from the log; merging two that are one.

Words. To *fold* is to apply a fact to a contact; `fold_fact` is pure and the only place where it happens, so
that the worker, who writes the row, and a reader, who adds the facts not yet applied, see the same person.

Invariants. A contact's row is written only under its bucket's cursor lock. A fact that changes nothing leaves
the row alone. Folding the same facts in the same order gives the same contact, however they were batched.
"""
