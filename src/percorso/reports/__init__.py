"""Read models: what screens and the API's GETs show, put together from the tables of all packages below.

Words. *As of*: the moment up to which every bucket was applied when a figure was read; figures that counters
give stand there, what one contact did is read up to the present.

Invariants. Nothing here writes. Every query names its workspace, besides the policies of the database. A page
ends with a cursor, which says where the next one begins and survives rows that arrive in between.
"""
