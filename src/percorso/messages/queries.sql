-- name: insert_messages
-- Plans messages, or makes them skipped where the gate said no; one that exists already stays as it is.
INSERT INTO messages (bucket, id, workspace_id, contact_id, list_id, journey_id, version, run_id, step, visit,
    channel, template_id, class, "values", planned_at, due_at, expires_at, priority, reason,
    when_capped, state, ended_at)
SELECT bucket, id, workspace_id, contact_id, list_id, journey_id, version, run_id, step, visit,
    channel, template_id, class, "values", planned_at, due_at, expires_at, priority, reason, when_capped,
    CASE WHEN reason IS NOT NULL THEN 'skipped' WHEN due_at <= planned_at THEN 'due' ELSE 'planned' END,
    CASE WHEN reason IS NOT NULL THEN planned_at END
FROM unnest(:buckets::smallint[], :ids::uuid[], :workspace_ids::uuid[], :contact_ids::uuid[], :list_ids::uuid[],
    :journey_ids::uuid[], :versions::integer[], :run_ids::uuid[], :steps::text[], :visits::integer[],
    :channels::text[], :template_ids::uuid[], :classes::text[], :values::jsonb[], :planned_ats::timestamptz[],
    :due_ats::timestamptz[], :expires_ats::timestamptz[], :priorities::smallint[], :reasons::text[],
    :when_cappeds::text[])
    AS planned (bucket, id, workspace_id, contact_id, list_id, journey_id, version, run_id, step, visit,
        channel, template_id, class, "values", planned_at, due_at, expires_at, priority, reason,
        when_capped)
ON CONFLICT (bucket, id) DO NOTHING;

-- name: cancel_messages
-- Skips what is not marked yet, and gives back what was skipped; a mark and a cancel touch the same row, so that
-- one of them wins. Rows are locked in one order everywhere.
WITH cancelled AS (
    SELECT m.bucket, m.id, asked.reason
    FROM unnest(:buckets::smallint[], :ids::uuid[], :reasons::text[]) AS asked (bucket, id, reason)
    JOIN messages AS m USING (bucket, id)
    WHERE m.state IN ('planned', 'due', 'claimed')
    ORDER BY m.bucket, m.id
    FOR UPDATE OF m
)
UPDATE messages AS m
SET state = 'skipped', reason = cancelled.reason, ended_at = :now::timestamptz, claimed_by = NULL,
    claimed_until = NULL
FROM cancelled
WHERE m.bucket = cancelled.bucket AND m.id = cancelled.id
RETURNING m.bucket, m.id;

-- name: promote_messages
-- Planned messages whose moment has come become due.
UPDATE messages AS m
SET state = 'due'
FROM (
    SELECT found.bucket, found.id
    FROM generate_series(0, 255) AS buckets (bucket)
    CROSS JOIN LATERAL (
        SELECT bucket, id FROM messages
        WHERE bucket = buckets.bucket AND state IN ('planned', 'due') AND due_at <= :now::timestamptz
            AND state = 'planned'
        LIMIT :size::integer
        FOR UPDATE SKIP LOCKED
    ) AS found
) AS arrived
WHERE m.bucket = arrived.bucket AND m.id = arrived.id;

-- name: claim_messages
-- Takes due messages for :lease, highest priority and oldest first; those of a paused journey stay due, and those to
-- a receiving domain that waits, until their own time is over.
WITH found AS (
    SELECT candidate.bucket, candidate.id
    FROM generate_series(0, 255) AS buckets (bucket)
    CROSS JOIN LATERAL (
        SELECT m.bucket, m.id, m.priority, m.due_at
        FROM messages AS m
        WHERE m.bucket = buckets.bucket AND m.state IN ('planned', 'due') AND m.due_at <= :now::timestamptz
            AND m.state = 'due'
            AND NOT EXISTS (
                SELECT FROM journeys AS j
                WHERE j.id = m.journey_id AND j.state NOT IN ('active', 'archived')
            )
            AND (coalesce(least(m.expires_at, m.retried_until) <= :now, false) OR NOT EXISTS (
                SELECT FROM receiving_domains AS d
                JOIN contacts AS c ON c.bucket = m.bucket AND c.id = m.contact_id
                WHERE d.workspace_id = m.workspace_id AND d.provider = :provider::text AND d.next_at > :now
                    AND m.channel = 'email' AND d.domain = split_part(c.email, '@', -1)
            ))
        ORDER BY m.priority DESC, m.due_at
        LIMIT :size::integer
    ) AS candidate
    ORDER BY candidate.priority DESC, candidate.due_at, candidate.id
    LIMIT :size::integer
), held AS (
    SELECT m.bucket, m.id FROM messages AS m JOIN found USING (bucket, id)
    WHERE m.state = 'due'
    ORDER BY m.bucket, m.id
    FOR UPDATE OF m SKIP LOCKED
)
UPDATE messages AS m
SET state = 'claimed', attempt = m.attempt + 1, claimed_by = :courier_id::uuid,
    claimed_until = :real::timestamptz + :lease::interval, reason = NULL
FROM held
WHERE m.bucket = held.bucket AND m.id = held.id
RETURNING m.bucket, m.id, m.workspace_id, m.contact_id, m.list_id, m.journey_id, m.version, m.run_id, m.step,
    m.visit, m.channel, m.template_id, m.class, m."values", m.expires_at, m.attempt, m.priority, m.when_capped;

-- name: put_off_messages
-- Due messages whose receiving domains wait are looked at again when it is time, at most :look_again later.
UPDATE messages AS m
SET due_at = least(waiting.next_at, :now::timestamptz + :look_again::interval, m.expires_at, waiting.until),
    retried_until = waiting.until, reason = 'domain_waits'
FROM (
    SELECT found.bucket, found.id, found.next_at, found.until
    FROM generate_series(0, 255) AS buckets (bucket)
    CROSS JOIN LATERAL (
        SELECT h.bucket, h.id, d.next_at, coalesce(h.retried_until, :now
            + CASE h.class WHEN 'marketing' THEN :marketing::interval ELSE :transactional::interval END) AS until
        FROM messages AS h
        JOIN contacts AS c ON c.bucket = h.bucket AND c.id = h.contact_id
        JOIN receiving_domains AS d ON d.workspace_id = h.workspace_id AND d.provider = :provider::text
            AND d.next_at > :now AND d.domain = split_part(c.email, '@', -1)
        WHERE h.bucket = buckets.bucket AND h.state IN ('planned', 'due') AND h.due_at <= :now AND h.state = 'due'
            AND h.channel = 'email' AND coalesce(least(h.expires_at, h.retried_until) > :now, true)
        LIMIT :size::integer
        FOR UPDATE OF h SKIP LOCKED
    ) AS found
) AS waiting
WHERE m.bucket = waiting.bucket AND m.id = waiting.id;

-- name: renew_claims
-- Holds on to what is still held.
UPDATE messages AS m
SET claimed_until = :real::timestamptz + :lease::interval
FROM unnest(:buckets::smallint[], :ids::uuid[], :attempts::integer[]) AS held (bucket, id, attempt)
WHERE m.bucket = held.bucket AND m.id = held.id AND m.state = 'claimed' AND m.claimed_by = :courier_id::uuid
    AND m.attempt = held.attempt;

-- name: lapse_claims
-- Claims whose holder was not heard of are due again: nothing was marked, so nothing left.
UPDATE messages
SET state = 'due', claimed_by = NULL, claimed_until = NULL, reason = 'claim_lost'
WHERE state = 'claimed' AND claimed_until < :real::timestamptz;

-- name: lock_for_mark
-- Locks, in the order that all use, the messages that are about to be marked.
SELECT m.bucket, m.id
FROM unnest(:buckets::smallint[], :ids::uuid[]) AS asked (bucket, id)
JOIN messages AS m USING (bucket, id)
ORDER BY m.bucket, m.id
FOR UPDATE OF m;

-- name: mark_messages
-- The mark: these messages may leave from now on. One conditional update with the whole gate (trust §1); what is
-- not given back was refused. `consent.gate` says the same in words, and a test holds the two together.
UPDATE messages AS m
SET state = 'marked', marked_at = :now::timestamptz, marked_real_at = :real::timestamptz, address = asked.address,
    subject = asked.subject, rendered = asked.rendered, template_version = asked.template_version
FROM unnest(:buckets::smallint[], :ids::uuid[], :attempts::integer[], :addresses::text[], :subjects::text[],
    :rendered::jsonb[], :template_versions::integer[], :leave_befores::timestamptz[])
    AS asked (bucket, id, attempt, address, subject, rendered, template_version, leaves_before)
WHERE m.bucket = asked.bucket AND m.id = asked.id AND coalesce(asked.leaves_before > :now, true)
    AND m.state = 'claimed' AND m.claimed_by = :courier_id::uuid AND m.attempt = asked.attempt
    AND (m.expires_at IS NULL OR m.expires_at > :now)
    AND EXISTS (SELECT FROM contacts AS c WHERE c.bucket = m.bucket AND c.id = m.contact_id
        AND CASE m.channel WHEN 'email' THEN c.email WHEN 'sms' THEN c.phone
            ELSE c.identities->'device'->>-1 END = asked.address)
    AND NOT EXISTS (SELECT FROM contact_marks AS e WHERE e.bucket = m.bucket AND e.contact_id = m.contact_id)
    AND NOT EXISTS (SELECT FROM moved AS v WHERE v.bucket = m.bucket AND v.contact_id = m.contact_id)
    AND NOT EXISTS (SELECT FROM suppressions AS s WHERE s.bucket = m.bucket AND s.contact_id = m.contact_id
        AND s.channel = m.channel AND s.address = asked.address
        AND (m.class = 'marketing' OR s.reason IN ('hard_bounce', 'erasure')))
    AND (m.class = 'transactional' OR EXISTS (SELECT FROM statuses AS t WHERE t.bucket = m.bucket
        AND t.contact_id = m.contact_id AND t.list_id = m.list_id AND t.channel = m.channel
        AND t.status = 'subscribed'))
    AND (m.class = 'transactional' OR NOT EXISTS (SELECT FROM consents AS k WHERE k.bucket = m.bucket
        AND k.contact_id = m.contact_id AND k.leaf = 'marketing.automatic.' || m.channel
        AND (NOT k.status OR k.limitation OR k.objection)))
    AND (m."values"->>'notice' IS DISTINCT FROM 'confirmation' OR EXISTS (SELECT FROM statuses AS t
        WHERE t.bucket = m.bucket AND t.contact_id = m.contact_id AND t.list_id = m.list_id
        AND t.channel = m.channel AND t.status = 'pending'))
    AND (m.journey_id IS NULL OR EXISTS (SELECT FROM journeys AS j
        WHERE j.id = m.journey_id AND j.state = 'active'))
    AND (m.channel <> 'email' OR NOT EXISTS (SELECT FROM receiving_domains AS d WHERE d.workspace_id = m.workspace_id
        AND d.provider = :provider::text AND d.domain = split_part(asked.address, '@', -1) AND d.next_at > :now))
    AND (m.run_id IS NULL OR EXISTS (SELECT FROM runs AS r WHERE r.bucket = m.bucket AND r.id = m.run_id
        AND r.state = 'waiting' AND r.step = m.step AND r.visit = m.visit))
RETURNING m.bucket, m.id;

-- name: insert_attempts
-- Opens the journal's line of each mark.
INSERT INTO attempts (bucket, message_id, number, workspace_id, provider, courier_id, marked_at, tried_at)
SELECT bucket, message_id, number, workspace_id, :provider::text, :courier_id::uuid, :real::timestamptz,
    :now::timestamptz
FROM unnest(:buckets::smallint[], :ids::uuid[], :attempts::integer[], :workspace_ids::uuid[])
    AS marked (bucket, message_id, number, workspace_id);

-- name: finish_messages
-- Writes what came of each try, and gives back those that it came to; repeating finds nothing more to write.
-- An accepted message's mark stays; one that is due again because it did not leave loses it.
WITH told AS (
    SELECT m.bucket, m.id, r.state, r.reason, r.due_at, r.ended_at, r.keeps_mark, r.retried_until,
        m.marked_at AS marked_before
    FROM unnest(:buckets::smallint[], :ids::uuid[], :attempts::integer[], :courier_ids::uuid[],
        :from_claimed::boolean[], :from_marked::boolean[], :states::text[], :reasons::text[],
        :due_ats::timestamptz[], :ended_ats::timestamptz[], :keeps_marks::boolean[], :retried_untils::timestamptz[])
        AS r (bucket, id, attempt, courier_id, from_claimed, from_marked, state, reason, due_at, ended_at, keeps_mark,
            retried_until)
    JOIN messages AS m USING (bucket, id)
    WHERE m.attempt = r.attempt AND m.claimed_by = r.courier_id
        AND (m.state = 'claimed' AND r.from_claimed OR m.state = 'marked' AND r.from_marked)
    ORDER BY m.bucket, m.id
    FOR UPDATE OF m
)
UPDATE messages AS m
SET state = told.state, reason = told.reason, due_at = coalesce(told.due_at, m.due_at),
    ended_at = told.ended_at, claimed_by = NULL, claimed_until = NULL,
    retried_until = coalesce(m.retried_until, told.retried_until),
    marked_at = CASE WHEN told.keeps_mark OR m.state = 'claimed' THEN m.marked_at END,
    marked_real_at = CASE WHEN told.keeps_mark OR m.state = 'claimed' THEN m.marked_real_at END
FROM told
WHERE m.bucket = told.bucket AND m.id = told.id
RETURNING m.bucket, m.id, m.subject, m.marked_at, told.marked_before;

-- name: finish_attempts
-- Closes the journal's line of each try that was marked.
UPDATE attempts AS a
SET result = told.result, reply = told.reply, ended_at = :real::timestamptz,
    withdrawn_at = CASE WHEN told.result = 'withdrawn' THEN :real END
FROM unnest(:buckets::smallint[], :ids::uuid[], :attempts::integer[], :results::text[], :replies::text[])
    AS told (bucket, message_id, number, result, reply)
WHERE a.bucket = told.bucket AND a.message_id = told.message_id AND a.number = told.number;

-- name: insert_unmarked_attempts
-- Writes the journal's line of each try that ended before its mark.
INSERT INTO attempts (bucket, message_id, number, workspace_id, provider, courier_id, tried_at, result, reply,
    ended_at)
SELECT bucket, message_id, number, workspace_id, provider, courier_id, :now::timestamptz, result, reply,
    :real::timestamptz
FROM unnest(:buckets::smallint[], :ids::uuid[], :attempts::integer[], :workspace_ids::uuid[], :providers::text[],
    :courier_ids::uuid[], :results::text[], :replies::text[])
    AS ended (bucket, message_id, number, workspace_id, provider, courier_id, result, reply)
ON CONFLICT (bucket, message_id, number) DO NOTHING;

-- name: list_tries
-- What the journal says of these messages' earlier tries, and until when they are tried.
SELECT m.bucket, m.id AS message_id, count(*) FILTER (WHERE a.result = 'temporary') AS temporary,
    count(*) FILTER (WHERE a.result = 'unknown') AS unknown, min(a.tried_at) AS first_at,
    m.retried_until AS until
FROM unnest(:buckets::smallint[], :ids::uuid[]) AS asked (bucket, id)
JOIN messages AS m USING (bucket, id)
LEFT JOIN attempts AS a ON a.bucket = m.bucket AND a.message_id = m.id
GROUP BY m.bucket, m.id;

-- name: list_doubts
-- Marks without a result since before :before, real time: their holders cannot be waiting for an answer any more.
SELECT m.bucket, m.id, m.workspace_id, m.contact_id, m.list_id, m.journey_id, m.version, m.run_id, m.step, m.visit,
    m.channel, m.template_id, m.class, m."values", m.expires_at, m.attempt, m.claimed_by,
    m.priority, m.when_capped
FROM messages AS m
WHERE m.state = 'marked' AND m.marked_real_at < :before::timestamptz
LIMIT :size::integer;

-- name: list_situations
-- What the mark will ask besides the contact's standing: the journey's state, whether the run is still there, and
-- whether the receiving domain is to be left alone.
SELECT m.bucket, m.id, j.state AS journey_state,
    m.run_id IS NULL OR EXISTS (
        SELECT FROM runs AS r WHERE r.bucket = m.bucket AND r.id = m.run_id AND r.state = 'waiting'
            AND r.step = m.step AND r.visit = m.visit
    ) AS is_awaited, d.next_at AS waits_until, d.reply, m.retried_until
FROM unnest(:buckets::smallint[], :ids::uuid[]) AS asked (bucket, id)
JOIN messages AS m USING (bucket, id)
LEFT JOIN journeys AS j ON j.id = m.journey_id
LEFT JOIN contacts AS c ON c.bucket = m.bucket AND c.id = m.contact_id AND m.channel = 'email'
LEFT JOIN receiving_domains AS d ON d.workspace_id = m.workspace_id AND d.provider = :provider::text
    AND d.domain = split_part(c.email, '@', -1) AND d.next_at > :now::timestamptz;

-- name: list_circumstances
-- Whom messages go to and on whose behalf, in the order asked: contact, list and workspace of each.
SELECT c.id IS NOT NULL AS is_known, c.attributes, c.email, c.phone, c.identities->'device'->>-1 AS device,
    l.name AS list_name, l.sender_name, l.sender_address, l.reply_to, l.sms_sender, l.language, l.time_zone,
    w.currency, w.id AS workspace_id, l.opt_in = 'double' AS confirms, l.tracks_opens, l.tracks_clicks
FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :list_ids::uuid[])
    WITH ORDINALITY AS asked (bucket, contact_id, list_id, place)
JOIN lists AS l ON l.id = asked.list_id
JOIN workspaces AS w ON w.id = l.workspace_id
LEFT JOIN contacts AS c ON c.bucket = asked.bucket AND c.id = asked.contact_id
ORDER BY asked.place;

-- name: find_shown
-- A message as its public pages need it: whose it is, what was sent, and where it stands.
SELECT m.bucket, m.id, m.workspace_id, m.contact_id, m.list_id, m.journey_id, m.version, m.run_id, m.step, m.visit,
    m.channel, m.template_id, m.class, m."values", m.expires_at, m.attempt, m.priority, m.when_capped,
    m.template_version, m.state, m.subject, m.rendered, m.address, m.marked_at, m.ended_at, m.opened_at, m.clicked_at
FROM messages AS m
WHERE m.bucket = :bucket::smallint AND m.id = :id::uuid AND m.workspace_id = :workspace_id::uuid
    AND m.marked_at IS NOT NULL;

-- name: record_open
-- Notes the first open by a person; gives back whether this was it.
UPDATE messages SET opened_at = :now::timestamptz
WHERE bucket = :bucket::smallint AND id = :id::uuid AND opened_at IS NULL
RETURNING true AS first;

-- name: record_click
-- Notes the first click by a person; gives back whether this was it.
UPDATE messages SET clicked_at = :now::timestamptz
WHERE bucket = :bucket::smallint AND id = :id::uuid AND clicked_at IS NULL
RETURNING true AS first;

-- name: settle_unknown
-- Evidence that it arrived settles a doubt; the run, told once already, is not told again.
UPDATE messages SET state = 'delivered', reason = NULL
WHERE bucket = :bucket::smallint AND id = :id::uuid AND state = 'unknown';

-- name: list_unmarked
-- Messages of a contact that cannot have left yet.
SELECT m.bucket, m.id, m.workspace_id, m.contact_id, m.list_id, m.journey_id, m.version, m.run_id, m.step, m.visit,
    m.channel, m.template_id, m.class, m."values", m.expires_at, m.attempt, m.priority, m.when_capped
FROM messages AS m
WHERE m.bucket = :bucket::smallint AND m.contact_id = :contact_id::uuid AND m.state IN ('planned', 'due', 'claimed');

-- name: list_ids_of_contact
-- All messages that were ever meant for a contact.
SELECT id FROM messages WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;

-- name: delete_attempts
-- The journals of messages that go.
DELETE FROM attempts WHERE bucket = :bucket::smallint AND message_id = ANY(:ids::uuid[]);

-- name: delete_messages
-- Messages of somebody who was erased.
DELETE FROM messages WHERE bucket = :bucket::smallint AND id = ANY(:ids::uuid[]);
