-- name: list_cap_rules
-- What these workspaces allow, with the zone in which their days begin.
SELECT r.workspace_id, r.channel, r.period, r.most, w.time_zone
FROM cap_rules AS r
JOIN workspaces AS w ON w.id = r.workspace_id
WHERE r.workspace_id = ANY(:workspace_ids::uuid[])
ORDER BY r.workspace_id, r.channel, r.period;

-- name: delete_cap_rules
-- A workspace's caps, before they are written anew.
DELETE FROM cap_rules WHERE workspace_id = :workspace_id::uuid;

-- name: insert_cap_rules
-- A workspace's caps.
INSERT INTO cap_rules (workspace_id, channel, period, most)
SELECT :workspace_id::uuid, channel, period, most
FROM unnest(:channels::text[], :periods::text[], :most::integer[]) AS given (channel, period, most);

-- name: take_caps
-- Counts marks at :now, each contact and channel under its row's lock, in the order that all use; gives back all
-- that is counted now. What no period reaches back to goes.
INSERT INTO caps AS c (bucket, contact_id, channel, workspace_id, taken)
SELECT bucket, contact_id, channel, workspace_id, array_agg(:now::timestamptz)
FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :channels::text[], :workspace_ids::uuid[])
    AS asked (bucket, contact_id, channel, workspace_id)
GROUP BY bucket, contact_id, channel, workspace_id
ORDER BY bucket, contact_id, channel
ON CONFLICT (bucket, contact_id, channel) DO UPDATE
SET taken = ARRAY(
    SELECT moment FROM unnest(c.taken || excluded.taken) AS moment WHERE moment > :since::timestamptz
    ORDER BY moment DESC LIMIT :most::integer
)
RETURNING c.bucket, c.contact_id, c.channel, c.taken;

-- name: lock_caps
-- Locks what is about to be given back, in the order that all use.
SELECT c.bucket FROM caps AS c
JOIN (
    SELECT DISTINCT bucket, contact_id, channel
    FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :channels::text[]) AS given (bucket, contact_id, channel)
) AS asked USING (bucket, contact_id, channel)
ORDER BY c.bucket, c.contact_id, c.channel
FOR UPDATE OF c;

-- name: give_back_caps
-- Takes marks off the count, as often as each is given.
UPDATE caps AS c
SET taken = ARRAY(
    SELECT one.moment
    FROM (
        SELECT moment, row_number() OVER (PARTITION BY moment) AS number FROM unnest(c.taken) AS moment
    ) AS one
    WHERE one.number > (SELECT count(*) FROM unnest(back.moments) AS given (moment) WHERE given.moment = one.moment)
    ORDER BY one.moment DESC
)
FROM (
    SELECT bucket, contact_id, channel, array_agg(moment) AS moments
    FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :channels::text[], :moments::timestamptz[])
        AS given (bucket, contact_id, channel, moment)
    GROUP BY bucket, contact_id, channel
) AS back
WHERE c.bucket = back.bucket AND c.contact_id = back.contact_id AND c.channel = back.channel;

-- name: delete_empty_caps
-- Who was counted nothing leaves no row.
DELETE FROM caps AS c
USING unnest(:buckets::smallint[], :contact_ids::uuid[], :channels::text[]) AS given (bucket, contact_id, channel)
WHERE c.bucket = given.bucket AND c.contact_id = given.contact_id AND c.channel = given.channel AND c.taken = '{}';

-- name: list_caps
-- What is counted of these contacts and channels.
SELECT c.bucket, c.contact_id, c.channel, c.taken FROM caps AS c
JOIN (
    SELECT DISTINCT bucket, contact_id, channel
    FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :channels::text[]) AS given (bucket, contact_id, channel)
) AS asked USING (bucket, contact_id, channel);

-- name: count_rivals
-- How many marketing messages to the same contact and channel are due now and stand higher than each of these, those
-- of journeys that let none leave aside.
SELECT asked.id, (
    SELECT count(*) FROM messages AS m
    WHERE m.bucket = asked.bucket AND m.contact_id = asked.contact_id AND m.channel = asked.channel
        AND m.class = 'marketing' AND m.state IN ('planned', 'due', 'claimed') AND m.due_at <= :now::timestamptz
        AND m.priority > asked.priority AND coalesce(m.expires_at > :now, true)
        AND (m.journey_id IS NULL OR EXISTS (
            SELECT FROM journeys AS j WHERE j.id = m.journey_id AND j.state = 'active'
        ))
) AS rivals
FROM unnest(:buckets::smallint[], :ids::uuid[], :contact_ids::uuid[], :channels::text[], :priorities::smallint[])
    AS asked (bucket, id, contact_id, channel, priority);

-- name: lock_contact_caps
-- What is counted of a contact, held until the end of the transaction.
SELECT channel, workspace_id, taken FROM caps
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid
ORDER BY channel
FOR UPDATE;

-- name: add_caps
-- Counts for a contact what was counted for one that it turned out to be.
INSERT INTO caps AS c (bucket, contact_id, channel, workspace_id, taken)
VALUES (:bucket::smallint, :contact_id::uuid, :channel::text, :workspace_id::uuid, :taken::timestamptz[])
ON CONFLICT (bucket, contact_id, channel) DO UPDATE
SET taken = ARRAY(
    SELECT moment FROM unnest(c.taken || excluded.taken) AS moment ORDER BY moment DESC LIMIT :most::integer
);

-- name: delete_caps
-- A contact that goes is counted nothing any more.
DELETE FROM caps WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;
