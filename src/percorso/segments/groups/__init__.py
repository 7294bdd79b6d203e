"""Groups: contacts that somebody put together by hand.

Words. To *join* and to *leave* are facts of the contact (`groupJoined`, `groupLeft` {groupId}); to *move* is to leave
one group and join another. A *test* group is who test sends go to.

Invariants. `group_members` is written by the worker alone, under the bucket's cursor lock, as the facts are folded;
joining a group that one is in, or leaving one that one is not in, is no event and starts nothing. A group that was
deleted takes nobody in, and its members leave by a job.
"""
