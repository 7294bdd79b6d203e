"""Event types: the known ones, with their properties, and those that a workspace declared with a JSON schema.

Words. A workspace is *open* or *strict*: a strict one keeps aside what is neither known nor declared, and what does not
fit its type. An event type describes and, where the workspace is strict, refuses; what is stored never changes.

Invariants. Schemas are read without the network, and their patterns in linear time; one that cannot be read is refused
when it is declared. `known.py` holds names and types, `labels_it.py` and `labels_en.py` what they are called.
"""
