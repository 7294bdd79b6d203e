"""HTTP: the only code that knows it.

`app.create_app` is the whole application. Raw routes (`raw.RawRoutes`: tracking, public pages) are looked up
first, in a dictionary, because they carry the load; `/api/…` is the own API on Litestar; anything else is the web
application from `static/`.

Invariants. A database that is away answers 503 with Retry-After, whoever asked. No answer tells of an error's
inside. Every page carries the strict content security policy.
"""
