-- name: make_contacts
-- Invented contacts by number; the same number always gives the same contact.
SELECT (('x' || right(md5('contact' || n), 2))::bit(8)::integer)::smallint AS bucket, md5('contact' || n)::uuid AS id,
  :workspace_id::uuid AS workspace_id, :node_id::uuid AS node_id,
  jsonb_build_object('firstName', 'Ada', 'lastName', 'Rossi ' || n,
    'gender', CASE WHEN h % 100 < 55 THEN 'f' ELSE 'm' END,
    'birthDate', (date '1950-01-01' + (h % 20000)::integer)::text, 'language', CASE WHEN h % 10 < 7 THEN 'it' ELSE 'en' END,
    'address', jsonb_build_object('city', 'City ' || (sqrt(h % 2500)::integer), 'country', 'IT'),
    'tags', jsonb_build_object('manual', CASE WHEN h % 20 = 0 THEN '["vip"]'::jsonb ELSE '[]'::jsonb END)) AS attributes,
  jsonb_build_object('email', jsonb_build_array('contact-' || n || '@example.com')) AS identities,
  'contact-' || n || '@example.com' AS email, NULL::text AS phone, false AS anonymous,
  :until::timestamptz - interval '2 years' AS created_at, :until::timestamptz AS updated_at,
  NULL::timestamptz AS last_event_at, 1::bigint AS "offset"
FROM generate_series(1, :contacts::bigint) AS n
CROSS JOIN LATERAL (SELECT abs(hashint8extended(n, 7)) AS h) AS chance;

-- name: make_statuses
-- Seven of ten contacts are subscribed to a list by email, one is not any more.
SELECT (('x' || right(md5('contact' || n), 2))::bit(8)::integer)::smallint AS bucket, md5('contact' || n)::uuid AS contact_id,
  :list_id::uuid AS list_id, 'email' AS channel, :workspace_id::uuid AS workspace_id,
  CASE WHEN h % 10 < 7 THEN 'subscribed' ELSE 'unsubscribed' END AS status, 'bench' AS source, '' AS wording,
  :until::timestamptz AS changed_at
FROM generate_series(1, :contacts::bigint) AS n
CROSS JOIN LATERAL (SELECT abs(hashint8extended(n, 8)) AS h) AS chance
WHERE h % 10 < 8;

-- name: make_members
-- Every tenth contact or so is in a group.
SELECT (('x' || right(md5('contact' || n), 2))::bit(8)::integer)::smallint AS bucket, :group_id::uuid AS group_id,
  md5('contact' || n)::uuid AS contact_id, :workspace_id::uuid AS workspace_id, :until::timestamptz AS joined_at,
  1::bigint AS "offset"
FROM generate_series(1, :contacts::bigint) AS n
WHERE abs(hashint8extended(n, 9)) % 10 = 0;

-- name: make_facts
-- Facts by number, evenly over the year before :until, received as they occurred: one in 25 a message sent, one an open
-- of a message sent before to the same contact, others events of a shop; one contact in ten has three times as many.
SELECT e AS "offset", at AS received_at, (('x' || right(md5('contact' || who), 2))::bit(8)::integer)::smallint AS bucket,
  :workspace_id::uuid AS workspace_id, md5('contact' || who)::uuid AS contact_id,
  CASE WHEN e % 25 < 2 THEN 'message' ELSE 'event' END AS kind, name, 'bench-' || e AS message_id,
  at - make_interval(secs => h % 60) AS occurred_at,
  CASE
    WHEN e % 25 < 2 THEN jsonb_build_object('messageId', 'm' || slot, 'channel', 'email', 'listId', :list_id::uuid,
      'templateId', md5('template' || slot % 20)::uuid, 'journeyId', NULL, 'machine', h % 10 = 0, 'subject', 'A subject line')
    WHEN name = 'completedOrder' THEN jsonb_build_object('orderId', 'O-' || e, 'storeCode', 'Store ' || h % 4,
      'amount', jsonb_build_object('revenue', 20 + h % 200, 'total', 30 + h % 200, 'tax', 10),
      'products', jsonb_build_array(jsonb_build_object('sku', 'SKU-' || h % 5000, 'price', 20 + h % 200, 'quantity', 1)))
    ELSE jsonb_build_object('sku', 'SKU-' || h % 5000, 'name', 'Camicia di lino', 'price', 79.9, 'category',
      jsonb_build_array('camicie'), 'linkUrl', 'https://shop.example.com/p/' || h % 5000)
  END AS properties,
  '{"type": "WEB"}'::jsonb AS context, 'api' AS origin, false AS historical, 0::smallint AS depth
FROM generate_series(:first::bigint, :last::bigint) AS e
CROSS JOIN LATERAL (SELECT abs(hashint8extended(e, 1)) AS h,
  CASE e % 25 WHEN 0 THEN e / 25 WHEN 1 THEN greatest(0, e / 25 - abs(hashint8extended(e, 2)) % 3000) END AS slot) AS chance
CROSS JOIN LATERAL (SELECT
  abs(hashint8extended(coalesce(slot, e), CASE WHEN slot IS NULL THEN 3 ELSE 4 END)) AS person) AS chosen
CROSS JOIN LATERAL (SELECT 1 + CASE WHEN person % 5 = 0 THEN person / 5 % greatest(1, :contacts::bigint / 10)
  ELSE person / 5 % :contacts::bigint END AS who,
  CASE WHEN e % 25 = 0 THEN 'campaignSent' WHEN e % 25 = 1 THEN 'campaignOpened' WHEN h / 64 % 100 < 7 THEN 'completedOrder'
    WHEN h / 64 % 100 < 20 THEN 'addedProduct' WHEN h / 64 % 100 < 60 THEN 'viewedProduct' ELSE 'viewedPage' END AS name,
  :until::timestamptz - interval '365 days' * (1 - e::double precision / :events::double precision) AS at) AS fact;

-- name: count_asked
-- How many contacts meet a compiled condition; its joins and text are put where it says so.
SELECT count(*) FROM contacts /* joins */ WHERE contacts.workspace_id = :workspace_id::uuid AND true /* condition */;

-- name: by_hand_profile
-- Women of one city who are not tagged as very important.
SELECT count(*) FROM contacts
WHERE workspace_id = :workspace_id::uuid AND lower(attributes #>> '{address,city}') = 'city 40'
  AND lower(attributes ->> 'gender') = 'f' AND NOT attributes @> '{"tags": {"manual": ["vip"]}}';

-- name: by_hand_recent
-- Whoever ordered in the last 30 days.
SELECT count(*) FROM contacts AS c
WHERE workspace_id = :workspace_id::uuid AND EXISTS (
  SELECT FROM facts AS f
  WHERE f.bucket = c.bucket AND f.contact_id = c.id AND f.name = 'completedOrder'
    AND f.occurred_at > :now::timestamptz - interval '30 days' AND f.received_at > :now::timestamptz - interval '30 days');

-- name: by_hand_lapsed
-- Whoever ordered once, but not in the last 90 days.
SELECT count(*)
FROM contacts AS c
JOIN (
  SELECT bucket, contact_id FROM facts
  WHERE workspace_id = :workspace_id::uuid AND name = 'completedOrder'
  GROUP BY bucket, contact_id
  HAVING max(occurred_at) <= :now::timestamptz - interval '90 days'
) AS f ON f.bucket = c.bucket AND f.contact_id = c.id
WHERE c.workspace_id = :workspace_id::uuid;

-- name: by_hand_often
-- Whoever looked at five products or more in the last 90 days.
SELECT count(*)
FROM contacts AS c
JOIN (
  SELECT bucket, contact_id FROM facts
  WHERE workspace_id = :workspace_id::uuid AND name = 'viewedProduct' AND occurred_at > :now::timestamptz - interval '90 days'
    AND received_at > :now::timestamptz - interval '90 days'
  GROUP BY bucket, contact_id HAVING count(*) >= 5
) AS f ON f.bucket = c.bucket AND f.contact_id = c.id
WHERE c.workspace_id = :workspace_id::uuid;

-- name: by_hand_spent
-- Whoever spent 500 or more in the year.
SELECT count(*)
FROM contacts AS c
JOIN (
  SELECT bucket, contact_id FROM facts
  WHERE workspace_id = :workspace_id::uuid AND name = 'completedOrder'
  GROUP BY bucket, contact_id HAVING sum((properties #> '{amount,revenue}')::numeric) >= 500
) AS f ON f.bucket = c.bucket AND f.contact_id = c.id
WHERE c.workspace_id = :workspace_id::uuid;

-- name: by_hand_local
-- Whoever ordered at one store in the last 180 days and lives in one city.
SELECT count(*) FROM contacts AS c
WHERE workspace_id = :workspace_id::uuid AND lower(attributes #>> '{address,city}') = 'city 40' AND EXISTS (
  SELECT FROM facts AS f
  WHERE f.bucket = c.bucket AND f.contact_id = c.id AND f.name = 'completedOrder'
    AND lower(f.properties ->> 'storeCode') = 'store 3' AND f.occurred_at > :now::timestamptz - interval '180 days'
    AND f.received_at > :now::timestamptz - interval '180 days');

-- name: by_hand_last
-- Whose last order brought more than 150.
SELECT count(*)
FROM contacts AS c
JOIN (
  SELECT DISTINCT ON (bucket, contact_id) bucket, contact_id, (properties #> '{amount,revenue}')::numeric AS revenue
  FROM facts
  WHERE workspace_id = :workspace_id::uuid AND name = 'completedOrder'
  ORDER BY bucket, contact_id, occurred_at DESC, "offset" DESC
) AS f ON f.bucket = c.bucket AND f.contact_id = c.id AND f.revenue > 150
WHERE c.workspace_id = :workspace_id::uuid;

-- name: by_hand_then
-- Whoever put something into the cart in the last 60 days, and ordered within a week.
SELECT count(*)
FROM contacts AS c
WHERE c.workspace_id = :workspace_id::uuid AND EXISTS (
  SELECT FROM facts AS a JOIN facts AS o ON o.bucket = a.bucket AND o.contact_id = a.contact_id
  WHERE a.bucket = c.bucket AND a.contact_id = c.id AND a.name = 'addedProduct' AND o.name = 'completedOrder'
    AND a.occurred_at > :now::timestamptz - interval '60 days' AND a.received_at > :now::timestamptz - interval '60 days'
    AND o.received_at > :now::timestamptz - interval '60 days'
    AND (o.occurred_at, o."offset") > (a.occurred_at, a."offset") AND o.occurred_at <= a.occurred_at + interval '7 days');

-- name: by_hand_unopened
-- Whoever opened none of the last five emails sent to them.
SELECT count(*)
FROM contacts AS c
JOIN (
  SELECT bucket, contact_id
  FROM (
    SELECT bucket, contact_id, properties ->> 'messageId' AS id,
      row_number() OVER (PARTITION BY bucket, contact_id ORDER BY occurred_at DESC, "offset" DESC) AS place
    FROM facts
    WHERE workspace_id = :workspace_id::uuid AND name = 'campaignSent' AND properties ->> 'channel' = 'email'
  ) AS sent
  LEFT JOIN (
    SELECT DISTINCT bucket, contact_id, properties ->> 'messageId' AS id
    FROM facts
    WHERE workspace_id = :workspace_id::uuid AND name = 'campaignOpened' AND properties ->> 'channel' = 'email'
      AND NOT (properties ->> 'machine')::boolean
  ) AS opened USING (bucket, contact_id, id)
  WHERE place <= 5
  GROUP BY bucket, contact_id
  HAVING count(opened.id) = 0
) AS f ON f.bucket = c.bucket AND f.contact_id = c.id
WHERE c.workspace_id = :workspace_id::uuid;

-- name: by_hand_either
-- Whoever is in a group, or looked at three different products in the last 30 days.
SELECT count(*)
FROM contacts AS c
LEFT JOIN (
  SELECT bucket, contact_id FROM facts
  WHERE workspace_id = :workspace_id::uuid AND name = 'viewedProduct' AND occurred_at > :now::timestamptz - interval '30 days'
    AND received_at > :now::timestamptz - interval '30 days'
  GROUP BY bucket, contact_id HAVING count(DISTINCT lower(properties ->> 'sku')) >= 3
) AS f ON f.bucket = c.bucket AND f.contact_id = c.id
LEFT JOIN group_members AS g ON g.bucket = c.bucket AND g.contact_id = c.id AND g.group_id = :group_id::uuid
WHERE c.workspace_id = :workspace_id::uuid AND (f.contact_id IS NOT NULL OR g.contact_id IS NOT NULL);

-- name: by_hand_average
-- Whose orders of one quarter brought 100 or more on average.
SELECT count(*)
FROM contacts AS c
JOIN (
  SELECT bucket, contact_id FROM facts
  WHERE workspace_id = :workspace_id::uuid AND name = 'completedOrder' AND received_at >= '2026-04-01Z'
    AND occurred_at >= '2026-04-01Z' AND occurred_at < '2026-07-01Z'
  GROUP BY bucket, contact_id HAVING avg((properties #> '{amount,revenue}')::numeric) >= 100
) AS f ON f.bucket = c.bucket AND f.contact_id = c.id
WHERE c.workspace_id = :workspace_id::uuid;

-- name: by_hand_cooling
-- Subscribers who looked at products in the last 60 days, but not in the last 14.
SELECT count(*)
FROM contacts AS c
JOIN statuses AS s ON s.bucket = c.bucket AND s.contact_id = c.id AND s.list_id = :list_id::uuid AND s.channel = 'email'
JOIN (
  SELECT bucket, contact_id FROM facts
  WHERE workspace_id = :workspace_id::uuid AND name = 'viewedProduct' AND occurred_at > :now::timestamptz - interval '60 days'
    AND received_at > :now::timestamptz - interval '60 days'
  GROUP BY bucket, contact_id HAVING max(occurred_at) <= :now::timestamptz - interval '14 days'
) AS f ON f.bucket = c.bucket AND f.contact_id = c.id
WHERE c.workspace_id = :workspace_id::uuid AND s.status = 'subscribed';
