"""Templates and what becomes of them for one contact: rendering, links, public tokens.

Words. A *template* is a design, a *version* of it never changes. A *link* is one place of a version that can be
tracked; its *position* counts the places of the version from 0. A *token* is what stands in a public address instead
of ids.

Invariants. A contact's data is never a template and never markup. A token names no destination, and whatever is wrong
with one is answered alike. Rendering reads nothing but its arguments.
"""
