"""Coupons: pools of codes, and handing one out to one visit of a step.

Words. A *pool* is a set of codes with a bucket of its own; a *code* is unused until it is *assigned* to (run, step,
visit). A *request* lies in the contact's bucket, written by the worker; its answer is the fact `couponAssigned` or
`couponPoolEmpty` there.

Invariants. A code is assigned once and never taken back. A visit has at most one code of a pool: asking again, also
after a crash between the marking and the answer, gives the same one. A request is gone exactly when its answer is in
the log. Codes are handed out in the order in which they were added.
"""
