"""Queries that take several buckets in one statement, which only a single server may (architecture §2).

On a cluster the same statement runs once per bucket: each takes arrays with the bucket beside every row, or walks
the buckets by itself. The reason says what is gained here.
"""

_APPEND = "one append serves requests of many contacts and commits once"
_BATCH = "the worker applies up to 64 buckets in one transaction"
_GROUP = "marks and results of many messages share one commit"
_POLL = "one question for all buckets, so that idling costs one query and not 256"

_ERASE = "an erasure, which is rare, looks for one person wherever their values may lie"

SINGLE_SERVER: dict[str, str] = {
    **dict.fromkeys(
        (
            "api/own: forget_answers_about",
            "consent: insert_suppressions",
            "contacts/identity: insert_erased",
            "contacts/identity: release_all",
            "contacts/identity: sweep_conflicts",
            "contacts/identity: sweep_identities",
            "content/coupons: forget_holder",
            "imports: delete_rejects_quoting",
            "intake: delete_rejected",
            "log: forget_seen",
        ),
        _ERASE,
    ),
    **dict.fromkeys(
        (
            "consent: insert_records",
            "consent: owe_notices",
            "consent: settle_notices",
            "consent: write_statuses",
            "contacts/identity: claim_identities",
            "contacts/identity: insert_moved",
            "contacts/identity: move_identities",
            "contacts/identity: record_conflicts",
            "intake: insert_rejected",
            "log: advance_heads",
            "log: lock_heads",
            "log: record_seen",
            "log: take_offsets",
        ),
        _APPEND,
    ),
    **dict.fromkeys(
        (
            "contacts: release_identities",
            "contacts: touch_contacts",
            "contacts: update_contacts",
            "contacts/events: move_event_day_cursors",
            "segments/groups: delete_members",
            "segments/groups: insert_members",
            "log: lock_cursors",
            "log: move_cursors",
            "log: read_heads",
            "messages: cancel_messages",
            "messages: insert_messages",
            "segments: add_members",
            "segments: delete_memberships",
            "segments: upsert_memberships",
            "segments: upsert_pasts",
            "worker: add_counters",
            "worker: forget_moments",
            "worker: update_runs",
            "worker: upsert_entries",
            "worker: upsert_moments",
        ),
        _BATCH,
    ),
    **dict.fromkeys(
        (
            "messages/ceilings: count_marks",
            "messages/ceilings: give_back_marks",
            "messages/ceilings: lock_ceilings",
            "messages/caps: delete_empty_caps",
            "messages/caps: give_back_caps",
            "messages/caps: lock_caps",
            "messages/caps: take_caps",
            "messages: finish_attempts",
            "messages: finish_messages",
            "messages: insert_attempts",
            "messages: insert_unmarked_attempts",
            "messages: lock_for_mark",
            "messages: mark_messages",
        ),
        _GROUP,
    ),
    **dict.fromkeys(
        (
            "messages: claim_messages",
            "messages: lapse_claims",
            "messages: promote_messages",
            "messages: put_off_messages",
            "messages: renew_claims",
            "journeys/calls: cancel_calls",
            "journeys/calls: claim_calls",
            "journeys/calls: open_tries",
            "journeys/calls: renew_calls",
        ),
        _POLL,
    ),
}
"""`package: query` → why it is one statement here."""
