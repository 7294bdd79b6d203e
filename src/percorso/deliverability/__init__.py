"""How receiving domains take what we send: at present, when one that refused is tried again.

Words. A *receiving domain* is the part of an address after the @. It *waits* while nothing may leave to it, because it
(or the way to it) said no for now; it is *paused* when it refused us by policy (5.7.x).

Invariants (trust §1). Retries are kept per workspace, provider and receiving domain, never per message. A domain that
takes email has no row. Nothing is claimed for, or marked towards, a domain before its `next_at`. Policy refusals
suppress nobody.

    (no row) ──4xx, fault──▶ waiting ──next_at: one more no──▶ waiting, longer
        ▲                       │ └──5.7.x──▶ paused ──4 h, one more no──▶ paused
        └── taken, or released ─┴───────────────┘
"""
