"""Places of a path: a number of them, for those who come first; the others take the way for who comes too late.

Words. A *path* with places is one of a Check now; a *place* is taken by one visit of a run, for good. The number asked
is the version's: a later version with more places gives away what it has more.

Invariants. Along a path no more places are taken than the version that asks has, whoever asks at once. A visit takes at
most one, and is answered by exactly one fact, `placeTaken` or `placesFull`, however often anybody dies. Requests lie in
the contact's bucket and go with the answer; places lie in the journey's and name nobody.

Crossed by: a merge while a request waits (the answer follows the run, `contacts.following`), an erasure (the request
goes; the place stays taken).
"""
