"""Experiments: what is measured of their paths, and who has won (spec 3.5).

Words. A *visit* is one time that a run reached the step and took a path. It is *over* when the goal's time has passed since;
it is a *success* if the goal's event happened in that time. Figures count visits that are over, so that late ones do not
look worse than early ones.

How. A journey's row in `experiments` is made when a version with the step is published, and begins anew where its paths, shares
or goal are others than before. The worker measures from time to time: it reads the traces of the journey's runs, bucket by
bucket, and the facts of the goal. Where the step's rule finds a winner, the row, the audit's line and the job that tells the
buckets (`experimentDecided`) commit together; from a bucket's control fact on, all but the hold-out take that path there, in
every version since the experiment is what it is.

Invariants: a winner is decided once for a `since`; measuring twice gives the same figures; nobody held out ever takes a path.
"""
