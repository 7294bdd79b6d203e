"""Whose data it is: workspaces, nodes, lists, users, roles, sessions, API keys and the instance's own keys.

Words. A *role* is what a user may do in a workspace; a *scope* is what a key may do; both name *permissions*.
A *session* is one browser signed in; it may be revoked, and then stops at its next request.

Invariants. Passwords are kept as Argon2id hashes, tokens as SHA-256 of random bytes: neither can be read back.
Setting up an instance happens once. A user without a role in a workspace cannot tell whether it exists.

    attempt ──(password fits, not throttled)──▶ session ──(sign out, revoked, expired, idle)──▶ ended
"""
