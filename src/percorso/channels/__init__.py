"""Who carries messages: one package per channel, the only code that opens connections to providers.

Words. A *channel* is email, sms or push; a *provider* carries it. A *hand-over* is one conversation with a provider about
one message, up to its answer. The *dot* is the point after which a message may have left.

Invariants. A channel asks for the mark immediately before its dot and sends no dot without one. An address reaches a
provider byte for byte as stored. Nothing here knows contacts, templates or journeys.
"""
