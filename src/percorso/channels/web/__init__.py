"""The one guarded client for all outgoing HTTP (trust §4).

Words. An *address* is what a name leads to; a *private host* is a name and port that the operator lets be called although
it leads into a network that is not public (`PERCORSO_PRIVATE_HOSTS`).

Invariants. The address that is judged is the one that is connected to: each socket is judged when it is made, so neither
another answer of the name service nor another spelling of an address gets past. No redirect is followed, no proxy of the
environment used, no cookie kept. No more of an answer is read than may be; nothing takes longer than it may.
"""
