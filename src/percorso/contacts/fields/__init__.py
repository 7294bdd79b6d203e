"""Fields: attributes that a workspace declared, besides the standard ones that every workspace has.

Words. A field is named by its dotted *path*; its *type* says how conditions, imports and screens read it. *Standard*
fields stand in `standard.py`; a workspace may rename, require or hide them and give them a default, and a row of
`fields` then says so, but their type stays.

Invariants. A field says how values are read and never changes them: what does not fit its type is kept as it came,
conditions call it ill-typed, and it is reported (`reports/fields.py`). Never set is absent, set and cleared is null.
"""
