"""The demo: Boutique Aurora, an invented shop whose customers live at an accelerated clock.

Words. A *person* is an invented customer, made from their number alone. An *act* is one thing that a person or the
shop does at a moment, sent as one tracking call. A *reaction* is an act that an email or SMS brings about.

Invariants. All that happens is a pure function of the seed, the person's number and the mail they got, so a shop that
was stopped goes on as if it had not been. The database holds nothing that did not come through the public API, but
for the set-up. Names are from lists of our own, addresses under example.com (RFC 2606), telephone numbers from the
range that North America keeps for fiction (555-0100 to 555-0199). Product time stands still while the demo is down.
"""
