"""Queries that take several buckets in one statement, which only a single server may (architecture §2).

On a cluster the same statement runs once per bucket. Each says why it is one statement here.
"""

SINGLE_SERVER: dict[str, str] = {}
