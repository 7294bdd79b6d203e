-- name: get_applied_until
-- The moment up to which every bucket with news was applied; null before the first.
SELECT max(heads.received_at) FILTER (WHERE heads."offset" > 0) AS received_at,
  min(cursors.advanced_at) FILTER (WHERE cursors."offset" < heads."offset") AS behind_since
FROM heads JOIN cursors ON cursors.bucket = heads.bucket;

-- name: list_behind
-- The buckets that have facts not yet applied, with their heads.
SELECT heads.bucket, heads."offset"
FROM heads JOIN cursors ON cursors.bucket = heads.bucket AND cursors."offset" < heads."offset";

-- name: count_behind
-- How many of these buckets have not come to these offsets yet.
SELECT count(*)
FROM unnest(:buckets::smallint[], :offsets::bigint[]) AS seen (bucket, "offset")
JOIN cursors ON cursors.bucket = seen.bucket AND cursors."offset" < seen."offset";

-- name: list_journeys
-- Journeys by name, those after the cursor; archived ones only when asked for. The graph is for counting steps.
SELECT journeys.id, journeys.name, journeys.description, journeys.state, journeys.version, journeys.modified_at,
  journeys.activated_at, journeys.tags, coalesce(journey_versions.graph, journeys.draft) AS graph
FROM journeys
LEFT JOIN journey_versions
  ON journey_versions.journey_id = journeys.id AND journey_versions.number = journeys.version
WHERE journeys.workspace_id = :workspace_id::uuid
  AND (:state::text IS NULL AND journeys.state <> 'archived' OR journeys.state = :state::text)
  AND (:tag::text IS NULL OR :tag::text = ANY (journeys.tags))
  AND (:pattern::text IS NULL OR journeys.name ILIKE :pattern::text OR journeys.description ILIKE :pattern::text)
  AND (:after_name::text IS NULL OR (journeys.name, journeys.id) > (:after_name::text, :after_id::uuid))
ORDER BY journeys.name, journeys.id
LIMIT :size::integer;

-- name: get_journey
-- One journey with its list and the graph of its newest version, or of its draft.
SELECT journeys.id, journeys.name, journeys.description, journeys.state, journeys.version, journeys.modified_at,
  journeys.activated_at, journeys.tags, journeys.tests, journeys.proposal,
  coalesce(journey_versions.graph, journeys.draft) AS graph, lists.id AS list_id, lists.name AS list_name, lists.sender_name, lists.sender_address, lists.sms_sender,
  lists.time_zone, lists.language
FROM journeys
JOIN lists ON lists.id = journeys.list_id AND lists.workspace_id = journeys.workspace_id
LEFT JOIN journey_versions
  ON journey_versions.journey_id = journeys.id AND journey_versions.number = journeys.version
WHERE journeys.workspace_id = :workspace_id::uuid AND journeys.id = :id::uuid;

-- name: list_journey_versions
-- When each version was published, the newest first.
SELECT journey_versions.number, journey_versions.published_at
FROM journey_versions JOIN journeys ON journeys.id = journey_versions.journey_id
WHERE journeys.workspace_id = :workspace_id::uuid AND journeys.id = :id::uuid
ORDER BY journey_versions.number DESC;

-- name: list_graphs
-- The graphs and names needed to say in words where runs are.
SELECT journeys.id, journeys.name, journey_versions.number, journey_versions.graph
FROM journeys JOIN journey_versions ON journey_versions.journey_id = journeys.id
WHERE journeys.workspace_id = :workspace_id::uuid
  AND (journeys.id, journey_versions.number) IN (
    SELECT * FROM unnest(:journey_ids::uuid[], :versions::integer[]));

-- name: sum_journeys
-- Entries, exits by reason and outcomes of some journeys, over buckets, versions, steps and days.
SELECT journey_id, name, path, sum(value)::bigint AS value
FROM counters
WHERE workspace_id = :workspace_id::uuid AND journey_id = ANY (:journey_ids::uuid[])
  AND (name = 'entered' AND step = '' OR name IN ('exited', 'ended', 'refused'))
GROUP BY journey_id, name, path;

-- name: sum_steps
-- The counters of a journey's steps, over buckets, versions and days.
SELECT step, path, name, sum(value)::bigint AS value
FROM counters
WHERE workspace_id = :workspace_id::uuid AND journey_id = :journey_id::uuid AND step <> ''
GROUP BY step, path, name;

-- name: count_inside
-- How many are at each step of a journey now.
SELECT runs.step, count(*) AS inside
FROM generate_series(0, 255) AS buckets (bucket)
JOIN runs ON runs.bucket = buckets.bucket
WHERE runs.workspace_id = :workspace_id::uuid AND runs.journey_id = :journey_id::uuid AND runs.state = 'waiting'
GROUP BY runs.step;

-- name: list_people
-- Who is inside a journey, at one step or anywhere, the last to arrive first.
SELECT runs.id AS run_id, runs.contact_id, runs.step, runs.reached_at, runs.due_at,
  contacts.attributes, contacts.email
FROM generate_series(0, 255) AS buckets (bucket)
JOIN runs ON runs.bucket = buckets.bucket
LEFT JOIN contacts ON contacts.bucket = runs.bucket AND contacts.id = runs.contact_id
WHERE runs.workspace_id = :workspace_id::uuid AND runs.journey_id = :journey_id::uuid AND runs.state = 'waiting'
  AND (:step::text IS NULL OR runs.step = :step::text)
  AND (:before_at::timestamptz IS NULL
    OR (runs.reached_at, runs.id) < (:before_at::timestamptz, :before_id::uuid))
ORDER BY runs.reached_at DESC, runs.id DESC
LIMIT :size::integer;

-- name: list_contacts
-- The newest contacts: a page of each bucket by its index, then the newest of those.
SELECT found.id, found.attributes, found.email, found.phone, found.created_at
FROM generate_series(0, 255) AS buckets (bucket)
CROSS JOIN LATERAL (
  SELECT contacts.id, contacts.attributes, contacts.email, contacts.phone, contacts.created_at
  FROM contacts
  WHERE contacts.bucket = buckets.bucket AND contacts.workspace_id = :workspace_id::uuid
    AND (:with_anonymous::boolean OR NOT contacts.anonymous)
    AND (:before_at::timestamptz IS NULL
      OR (contacts.created_at, contacts.id) < (:before_at::timestamptz, :before_id::uuid))
  ORDER BY contacts.created_at DESC, contacts.id DESC
  LIMIT :size::integer
) AS found
ORDER BY found.created_at DESC, found.id DESC
LIMIT :size::integer;

-- name: search_contacts
-- Contacts in whose names or addresses a text occurs, the newest first: reads all contacts of the workspace.
SELECT id, attributes, email, phone, created_at
FROM contacts
WHERE workspace_id = :workspace_id::uuid
  AND (:with_anonymous::boolean OR NOT anonymous)
  AND (email ILIKE :pattern::text OR phone ILIKE :pattern::text
    OR concat_ws(' ', coalesce(attributes ->> 'firstName', attributes ->> 'first_name'),
      coalesce(attributes ->> 'lastName', attributes ->> 'last_name')) ILIKE :pattern::text
    OR attributes ->> 'name' ILIKE :pattern::text)
  AND (:before_at::timestamptz IS NULL OR (created_at, id) < (:before_at::timestamptz, :before_id::uuid))
ORDER BY created_at DESC, id DESC
LIMIT :size::integer;

-- name: count_contacts
-- How many contacts somebody sees, anonymous ones left out as they are from the list: reads all of the workspace.
SELECT count(*) AS contacts FROM contacts
WHERE workspace_id = :workspace_id::uuid AND NOT anonymous;

-- name: list_last_events
-- When each of these contacts last did something, by the log; one without an event is left out.
SELECT wanted.id, newest.occurred_at
FROM unnest(:buckets::smallint[], :ids::uuid[]) AS wanted (bucket, id)
CROSS JOIN LATERAL (
  SELECT facts.occurred_at FROM facts
  WHERE facts.bucket = wanted.bucket AND facts.contact_id = wanted.id
    AND facts.workspace_id = :workspace_id::uuid AND facts.kind = 'event'
  ORDER BY facts."offset" DESC
  LIMIT 1
) AS newest;

-- name: find_moved
-- Where a merged contact went.
SELECT into_contact_id FROM moved
WHERE bucket = :bucket::smallint AND contact_id = :id::uuid AND workspace_id = :workspace_id::uuid;

-- name: list_statuses
-- A contact's status per list and channel.
SELECT statuses.list_id, lists.name AS list_name, statuses.channel, statuses.status, statuses.changed_at
FROM statuses JOIN lists ON lists.id = statuses.list_id AND lists.workspace_id = statuses.workspace_id
WHERE statuses.bucket = :bucket::smallint AND statuses.contact_id = :contact_id::uuid
  AND statuses.workspace_id = :workspace_id::uuid
ORDER BY lists.name, statuses.list_id, statuses.channel;

-- name: list_runs_of_contact
-- A contact's runs, those inside first, then the last to enter first; at most a hundred.
SELECT id, journey_id, version, state, step, entered_at, due_at, ended_at, outcome, reason, contact_id
FROM runs
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid AND workspace_id = :workspace_id::uuid
ORDER BY (state = 'waiting') DESC, entered_at DESC, id
LIMIT 100;

-- name: list_facts_of_contact
-- A contact's facts, the last to arrive first, those before the cursor. `rank` puts a fact before its traces.
SELECT received_at AS at, 'a' || lpad("offset"::text, 20, '0') AS rank, kind, name, occurred_at, properties,
  historical
FROM facts
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid AND workspace_id = :workspace_id::uuid
  AND (:before_at::timestamptz IS NULL OR received_at <= :before_at::timestamptz
    AND (received_at, ('a' || lpad("offset"::text, 20, '0')) COLLATE "C") < (:before_at::timestamptz, :before_rank::text))
ORDER BY "offset" DESC
LIMIT :size::integer;

-- name: list_place_names
-- What groups and segments are called.
SELECT id, name FROM groups WHERE id = ANY (:ids::uuid[]) AND workspace_id = :workspace_id::uuid
UNION ALL
SELECT id, name FROM segments WHERE id = ANY (:ids::uuid[]) AND workspace_id = :workspace_id::uuid;

-- name: list_traces_of_contact
-- What was judged about a contact, the last first, before the cursor.
SELECT traces.at, 'b' || traces.run_id::text || lpad(traces.number::text, 10, '0') AS rank, traces.run_id,
  traces.entry, runs.journey_id, runs.version
FROM traces JOIN runs ON runs.bucket = traces.bucket AND runs.id = traces.run_id
WHERE traces.bucket = :bucket::smallint AND traces.contact_id = :contact_id::uuid
  AND traces.workspace_id = :workspace_id::uuid
  AND (:before_at::timestamptz IS NULL OR traces.at <= :before_at::timestamptz
    AND (traces.at, ('b' || traces.run_id::text || lpad(traces.number::text, 10, '0')) COLLATE "C")
      < (:before_at::timestamptz, :before_rank::text))
ORDER BY traces.at DESC, ('b' || traces.run_id::text || lpad(traces.number::text, 10, '0')) COLLATE "C" DESC
LIMIT :size::integer;

-- name: list_messages
-- Messages by id, as they stand.
SELECT id, channel, coalesce(subject, '') AS subject, state, reason
FROM messages
WHERE bucket = :bucket::smallint AND id = ANY (:ids::uuid[]) AND workspace_id = :workspace_id::uuid;

-- name: get_run
-- One run with its contact, found in whichever bucket it lies: a run's id does not tell it.
SELECT runs.bucket, runs.id, runs.journey_id, runs.version, runs.state, runs.step, runs.entered_at, runs.due_at,
  runs.ended_at, runs.outcome, runs.reason, runs.contact_id, contacts.attributes, contacts.email
FROM generate_series(0, 255) AS buckets (bucket)
JOIN runs ON runs.bucket = buckets.bucket AND runs.id = :id::uuid AND runs.workspace_id = :workspace_id::uuid
LEFT JOIN contacts ON contacts.bucket = runs.bucket AND contacts.id = runs.contact_id;

-- name: list_traces_of_run
-- What was judged in a run, in order.
SELECT at, entry FROM traces
WHERE bucket = :bucket::smallint AND run_id = :run_id::uuid AND workspace_id = :workspace_id::uuid
ORDER BY number;

-- name: list_mail
-- The embedded mailbox, the newest first. The text searched is what the list shows of it.
SELECT id, channel, received_at, sender, recipient, subject, raw
FROM mailbox
WHERE workspace_id = :workspace_id::uuid
  AND (:channel::text IS NULL OR channel = :channel::text)
  AND (:pattern::text IS NULL OR subject ILIKE :pattern::text OR recipient ILIKE :pattern::text
    OR sender ILIKE :pattern::text)
  AND (:before_at::timestamptz IS NULL OR (received_at, id) < (:before_at::timestamptz, :before_id::uuid))
ORDER BY received_at DESC, id DESC
LIMIT :size::integer;

-- name: get_mail
-- One message of the mailbox.
SELECT id, channel, received_at, sender, recipient, subject, raw
FROM mailbox WHERE workspace_id = :workspace_id::uuid AND id = :id::uuid;

-- name: list_rejected
-- The newest rejected calls: a page of each bucket by its index, then the newest of those.
SELECT found.id, found.received_at, found.code, found.reason, found.name, found.payload
FROM generate_series(0, 255) AS buckets (bucket)
CROSS JOIN LATERAL (
  SELECT rejected.id, rejected.received_at, rejected.code, rejected.reason, rejected.name, rejected.payload
  FROM rejected
  WHERE rejected.bucket = buckets.bucket AND rejected.workspace_id = :workspace_id::uuid
    AND (:before_at::timestamptz IS NULL
      OR (rejected.received_at, rejected.id) < (:before_at::timestamptz, :before_id::uuid))
  ORDER BY rejected.received_at DESC, rejected.id DESC
  LIMIT :size::integer
) AS found
ORDER BY found.received_at DESC, found.id DESC
LIMIT :size::integer;

-- name: find_rejected
-- One rejected call; it may lie in any bucket, and each is asked by its key.
SELECT found.id, found.received_at, found.code, found.reason, found.name, found.payload
FROM generate_series(0, 255) AS buckets (bucket)
CROSS JOIN LATERAL (
  SELECT rejected.id, rejected.received_at, rejected.code, rejected.reason, rejected.name, rejected.payload
  FROM rejected
  WHERE rejected.bucket = buckets.bucket AND rejected.id = :id::uuid AND rejected.workspace_id = :workspace_id::uuid
) AS found;

-- name: list_statuses_with_source
-- A contact's statuses and how each came about.
SELECT s.list_id, l.name AS list_name, s.channel, s.status, s.source, s.changed_at
FROM statuses AS s JOIN lists AS l ON l.id = s.list_id
WHERE s.bucket = :bucket::smallint AND s.contact_id = :contact_id::uuid AND s.workspace_id = :workspace_id::uuid
ORDER BY l.name, s.channel;

-- name: list_leaves_of_contact
-- The consent leaves that a contact spoke of.
SELECT leaf, status, limitation, objection, changed_at FROM consents
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid AND workspace_id = :workspace_id::uuid;

-- name: list_suppressions_of_contact
-- The closed addresses of a contact.
SELECT channel, address, reason, created_at FROM suppressions
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid AND workspace_id = :workspace_id::uuid
ORDER BY channel, address;

-- name: sample_attributes
-- The attributes of the newest contacts, a few of each bucket: what a workspace's profiles look like, at a price that
-- does not grow with them.
SELECT newest.attributes
FROM generate_series(0, 255) AS place(bucket)
CROSS JOIN LATERAL (
  SELECT contacts.attributes FROM contacts
  WHERE contacts.bucket = place.bucket AND contacts.workspace_id = :workspace_id::uuid
  ORDER BY contacts.created_at DESC, contacts.id
  LIMIT :size::integer
) AS newest;

-- name: list_segment_members
-- Members of a segment by id, with what their list shows; a text is looked for in names and addresses.
SELECT found.id, found.attributes, found.email, found.phone, found.entered_at
FROM generate_series(0, 255) AS buckets (bucket)
CROSS JOIN LATERAL (
  SELECT contacts.id, contacts.attributes, contacts.email, contacts.phone, memberships.entered_at
  FROM memberships
  JOIN contacts ON contacts.bucket = memberships.bucket AND contacts.id = memberships.contact_id
  WHERE memberships.bucket = buckets.bucket AND memberships.segment_id = :segment_id::uuid
    AND memberships.workspace_id = :workspace_id::uuid AND memberships.entered_at IS NOT NULL
    AND (:after::uuid IS NULL OR memberships.contact_id > :after::uuid)
    AND (:pattern::text IS NULL OR contacts.email ILIKE :pattern::text OR contacts.phone ILIKE :pattern::text
      OR concat_ws(' ', contacts.attributes ->> 'firstName', contacts.attributes ->> 'lastName')
        ILIKE :pattern::text)
  ORDER BY memberships.contact_id
  LIMIT :size::integer
) AS found
ORDER BY found.id
LIMIT :size::integer;

-- name: list_contact_segments
-- The segments of which a contact is a member, by name.
SELECT segments.id, segments.name, memberships.entered_at
FROM memberships JOIN segments
  ON segments.id = memberships.segment_id AND segments.workspace_id = memberships.workspace_id
WHERE memberships.bucket = :bucket::smallint AND memberships.contact_id = :contact_id::uuid
  AND memberships.workspace_id = :workspace_id::uuid AND memberships.entered_at IS NOT NULL
ORDER BY lower(segments.name), segments.id;

-- name: compare_profiles
-- How the members of segments are spread over a profile's usual questions; an unknown value is an empty text.
SELECT memberships.segment_id, part.name, part.value, count(*) AS members
FROM memberships
JOIN contacts ON contacts.bucket = memberships.bucket AND contacts.id = memberships.contact_id
CROSS JOIN LATERAL (
  VALUES ('gender', contacts.attributes ->> 'gender'),
    ('country', contacts.attributes #>> '{address,country}'),
    ('city', contacts.attributes #>> '{address,city}'),
    ('language', contacts.attributes ->> 'language'),
    ('age', contacts.attributes ->> 'birthDate')
) AS said (name, value)
CROSS JOIN LATERAL (
  SELECT said.name, coalesce(CASE WHEN said.name <> 'age' THEN said.value
    WHEN said.value ~ '^(19|20)[0-9]{2}-' THEN left(said.value, 4) END, '') AS value
) AS part
WHERE memberships.workspace_id = :workspace_id::uuid AND memberships.segment_id = ANY(:ids::uuid[])
  AND memberships.entered_at IS NOT NULL
GROUP BY memberships.segment_id, part.name, part.value;

-- name: compare_events
-- What the members of segments did in a period: how often, how many of them, and for how much.
SELECT memberships.segment_id, facts.name, count(*) AS times, count(DISTINCT facts.contact_id) AS contacts,
  sum(CASE WHEN facts.name = 'completedOrder' AND jsonb_typeof(facts.properties #> '{amount,revenue}') = 'number'
    THEN (facts.properties #> '{amount,revenue}')::numeric END) AS revenue
FROM memberships
JOIN facts ON facts.bucket = memberships.bucket AND facts.contact_id = memberships.contact_id
WHERE memberships.workspace_id = :workspace_id::uuid AND memberships.segment_id = ANY(:ids::uuid[])
  AND memberships.entered_at IS NOT NULL
  AND facts.workspace_id = :workspace_id::uuid AND facts.kind IN ('event', 'message')
  AND facts.occurred_at >= :since::timestamptz AND facts.occurred_at < :until::timestamptz
  AND facts.received_at >= :since::timestamptz
  AND (:journey_id::text IS NULL OR facts.properties ->> 'journeyId' = :journey_id::text)
  AND facts.properties ->> 'machine' IS DISTINCT FROM 'true'
GROUP BY memberships.segment_id, facts.name;

-- name: count_statuses
-- How many contacts stand how on each list and channel, counted as they stand now.
SELECT list_id, channel,
  count(*) FILTER (WHERE status = 'subscribed') AS subscribed,
  count(*) FILTER (WHERE status = 'pending') AS pending,
  count(*) FILTER (WHERE status = 'unsubscribed') AS unsubscribed
FROM statuses WHERE workspace_id = :workspace_id::uuid
GROUP BY list_id, channel ORDER BY list_id, channel;
