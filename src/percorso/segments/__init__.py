"""Segments: filters whose members are kept up to date, fact by fact, in the worker.

Words. A *segment* is a saved condition tree (filter) or a combination of segments. A *revision* is what decides its
members, written once; a bucket goes over to it at the offset of a control fact, and fills itself there. A *need* is
what conditions look back on; a *past* is what is kept for it of one contact.

Invariants. Membership is decided under the bucket's cursor only, in order of the log, so it does not depend on batch
size, backlog, restarts or the number of workers. Known contacts alone are members; pasts are kept of anonymous ones
too. Segments refer to each other without circles and are judged in order of reference. Every change of a membership
is a fact, `segmentEntered` or `segmentLeft`, at its cause's place. Nothing polls: cost follows what happens and what
is due.
"""

# Whoever asks conditions in SQL must know where groups and segments are kept.
from percorso.segments import sources as sources
