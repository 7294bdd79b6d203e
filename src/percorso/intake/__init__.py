"""Intake: calls from outside, resolved into facts and appended by group commit.

Words. A *call* is one identify, track, page, screen, group or alias. A *source* is the key that it came with. A
*group* is what one transaction stores: the calls of all requests of a few milliseconds.

Invariants. Who was answered 200 finds everything stored, whatever dies afterwards. A message id is taken once in
seven days. One bad call harms no other: it is listed as rejected, with its reason. What the law wants at once
(statuses, with their proof) is written in the transaction of its fact.

    request ─▶ read, map (pure) ─▶ gather ─▶ resolve, claim ─▶ deduplicate ─▶ lock heads ─▶ append ─▶ commit ─▶ 200
"""
