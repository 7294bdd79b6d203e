"""Benches: each measures a figure and, in the same run, the limit beside it (architecture §7).

Words. The *figure* is what Percorso reaches; the *limit* is what the same machine reaches when it does only the part
that cannot be avoided; the *ratio* is the share of the limit that is reached, larger is better.

Invariants. A bench starts a database of its own and leaves nothing. Its result is one `frame.Result`: with `--json`
one object on one line, the last of stdout. Progress goes to stderr.
"""
