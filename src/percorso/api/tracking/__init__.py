"""Segment's HTTP API (spec 6.2): whatever its clients, and RudderStack's, send, unchanged.

Raw ASGI, because every event of a shop passes here. 200 means durable; 400 that nothing of the request can be
taken; 401 that no key in force was given; 408 that the body came too slowly; 503 that it is to be sent again. What
cannot be taken of a batch goes to the rejected list.
"""
