-- name: export_facts
-- What happened, and what was said of the contact, as the log has it.
SELECT to_json(f)::text AS line
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked(bucket, contact_id)
JOIN facts AS f ON f.bucket = asked.bucket AND f.contact_id = asked.contact_id
WHERE f.workspace_id = :workspace_id::uuid
ORDER BY f."offset";

-- name: export_changes
-- What each fact changed of the profile.
SELECT to_json(f)::text AS line
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked(bucket, contact_id)
JOIN changes AS f ON f.bucket = asked.bucket AND f.contact_id = asked.contact_id
WHERE f.workspace_id = :workspace_id::uuid
ORDER BY f."offset", f.changed_at;

-- name: export_statuses
-- Subscriptions as they stand.
SELECT to_json(f)::text AS line
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked(bucket, contact_id)
JOIN statuses AS f ON f.bucket = asked.bucket AND f.contact_id = asked.contact_id
WHERE f.workspace_id = :workspace_id::uuid
ORDER BY f.list_id, f.channel;

-- name: export_consents
-- Consent leaves as they stand.
SELECT to_json(f)::text AS line
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked(bucket, contact_id)
JOIN consents AS f ON f.bucket = asked.bucket AND f.contact_id = asked.contact_id
WHERE f.workspace_id = :workspace_id::uuid
ORDER BY f.leaf;

-- name: export_consent_records
-- The register of proofs.
SELECT to_json(f)::text AS line
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked(bucket, contact_id)
JOIN consent_records AS f ON f.bucket = asked.bucket AND f.contact_id = asked.contact_id
WHERE f.workspace_id = :workspace_id::uuid
ORDER BY f.number;

-- name: export_suppressions
-- Addresses that are closed.
SELECT to_json(f)::text AS line
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked(bucket, contact_id)
JOIN suppressions AS f ON f.bucket = asked.bucket AND f.contact_id = asked.contact_id
WHERE f.workspace_id = :workspace_id::uuid
ORDER BY f.channel, f.address;

-- name: export_notices
-- Confirmations and first notifications that are owed, or were sent.
SELECT to_json(f)::text AS line
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked(bucket, contact_id)
JOIN notices AS f ON f.bucket = asked.bucket AND f.contact_id = asked.contact_id
WHERE f.workspace_id = :workspace_id::uuid
ORDER BY f.list_id, f.channel, f.kind;

-- name: export_runs
-- Ways through journeys.
SELECT to_json(f)::text AS line
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked(bucket, contact_id)
JOIN runs AS f ON f.bucket = asked.bucket AND f.contact_id = asked.contact_id
WHERE f.workspace_id = :workspace_id::uuid
ORDER BY f.entered_at, f.id;

-- name: export_traces
-- What was judged on these ways.
SELECT to_json(f)::text AS line
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked(bucket, contact_id)
JOIN traces AS f ON f.bucket = asked.bucket AND f.contact_id = asked.contact_id
WHERE f.workspace_id = :workspace_id::uuid
ORDER BY f.at, f.run_id, f.number;

-- name: export_messages
-- Messages meant for the contact, with what they said.
SELECT to_json(f)::text AS line
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked(bucket, contact_id)
JOIN messages AS f ON f.bucket = asked.bucket AND f.contact_id = asked.contact_id
WHERE f.workspace_id = :workspace_id::uuid
ORDER BY f.planned_at, f.id;

-- name: export_groups
-- Groups that the contact is in.
SELECT to_json(f)::text AS line
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked(bucket, contact_id)
JOIN group_members AS f ON f.bucket = asked.bucket AND f.contact_id = asked.contact_id
WHERE f.workspace_id = :workspace_id::uuid
ORDER BY f.joined_at, f.group_id;

-- name: export_segments
-- Segments that the contact is in, or may come into by a moment.
SELECT to_json(f)::text AS line
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked(bucket, contact_id)
JOIN memberships AS f ON f.bucket = asked.bucket AND f.contact_id = asked.contact_id
WHERE f.workspace_id = :workspace_id::uuid
ORDER BY f.segment_id;

-- name: export_attempts
-- How messages were handed over.
SELECT to_json(f)::text AS line
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked(bucket, contact_id)
JOIN messages AS m ON m.bucket = asked.bucket AND m.contact_id = asked.contact_id
JOIN attempts AS f ON f.bucket = m.bucket AND f.message_id = m.id
WHERE f.workspace_id = :workspace_id::uuid
ORDER BY f.message_id, f.number;

-- name: export_coupons
-- Codes that were handed out to the contact; they lie in the buckets of their pools.
SELECT to_json(f)::text AS line
FROM coupons AS f
WHERE f.workspace_id = :workspace_id::uuid AND f.contact_id = ANY(:contact_ids::uuid[])
  AND cardinality(:buckets::smallint[]) > 0
ORDER BY f.assigned_at, f.code;

-- name: export_webhook_calls
-- What was said of the contact to addresses that steps call.
SELECT to_json(f)::text AS line
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked(bucket, contact_id)
JOIN webhook_calls AS f ON f.bucket = asked.bucket AND f.contact_id = asked.contact_id
WHERE f.workspace_id = :workspace_id::uuid
ORDER BY f.planned_at, f.id;

-- name: export_webhook_tries
-- When these addresses were called.
SELECT to_json(f)::text AS line
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked(bucket, contact_id)
JOIN webhook_calls AS m ON m.bucket = asked.bucket AND m.contact_id = asked.contact_id
JOIN webhook_tries AS f ON f.bucket = m.bucket AND f.call_id = m.id
WHERE f.workspace_id = :workspace_id::uuid
ORDER BY f.call_id, f.number;
