-- Members who are narrowed to some lists or nodes of their workspace, and the role that holds their requests there.
SET LOCAL lock_timeout = '5s';

-- Null: not narrowed so. An owner is answerable for the whole and is never narrowed.
ALTER TABLE roles ADD COLUMN list_ids uuid[] CHECK (cardinality(list_ids) > 0);
ALTER TABLE roles ADD COLUMN node_ids uuid[] CHECK (cardinality(node_ids) > 0);
ALTER TABLE roles ADD CONSTRAINT roles_owner_whole
    CHECK (role <> 'owner' OR list_ids IS NULL AND node_ids IS NULL);

-- A role of its own: policies that are written TO it are not looked at for anybody else, so requests of members who are
-- not narrowed are planned as before. It has no right to a table until one is given: what nobody decided is refused.
DO $$
BEGIN
    CREATE ROLE percorso_narrowed NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN
    NULL;
END $$;

-- What the transaction is narrowed to, by kind (lists, nodes): null where it is not, or where nothing was said.
CREATE FUNCTION narrowed_to(kind text) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN current_setting('percorso.' || kind, true) LIKE '{%'
        THEN current_setting('percorso.' || kind, true)::uuid[] END
$$;
-- Whether it was said that all of a kind are open; a transaction that says nothing sees nothing.
CREATE FUNCTION is_whole(kind text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('percorso.' || kind, true) = 'all', false)
$$;
-- Whether a contact is of a node that is open. As the owner: a policy of statuses cannot ask contacts, whose policy
-- asks statuses.
CREATE FUNCTION is_of_open_node(bucket smallint, contact_id uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT is_whole('nodes') OR EXISTS (
        SELECT FROM contacts
        WHERE contacts.bucket = is_of_open_node.bucket AND contacts.id = is_of_open_node.contact_id
          AND contacts.node_id = ANY (narrowed_to('nodes')))
$$;
REVOKE EXECUTE ON FUNCTION is_of_open_node(smallint, uuid) FROM PUBLIC;

-- Restrictive: they take away from what the workspace's own policies give.
DO $$
DECLARE
    held text;
    said text;
    one_list constant text := '((SELECT is_whole(''lists'')) OR %s = ANY ((SELECT narrowed_to(''lists''))::uuid[]))';
    one_node constant text := '((SELECT is_whole(''nodes'')) OR %s = ANY ((SELECT narrowed_to(''nodes''))::uuid[]))';
    journey constant text := 'EXISTS (SELECT FROM journeys WHERE journeys.id = %I.journey_id)';
    contact constant text :=
        'EXISTS (SELECT FROM contacts WHERE contacts.bucket = %1$I.bucket AND contacts.id = %1$I.contact_id)';
    written constant text := 'CREATE POLICY narrowed ON %I AS RESTRICTIVE TO percorso_narrowed USING (%s)';
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_narrowed') THEN
        RETURN;
    END IF;
    EXECUTE format(written, 'lists', format(one_list, 'id'));
    EXECUTE format(written, 'nodes', format(one_node, 'id'));
    FOREACH held IN ARRAY ARRAY['templates', 'journeys'] LOOP
        EXECUTE format(written, held, format(one_list, 'list_id'));
    END LOOP;
    -- A contact is open that is of an open node and is, or was, on an open list: its status there stays when it leaves.
    EXECUTE format(written, 'statuses', format(one_list, 'list_id')
        || ' AND ((SELECT is_whole(''nodes'')) OR is_of_open_node(bucket, contact_id))');
    EXECUTE format(written, 'contacts', format(one_node, 'node_id') || ' AND ((SELECT is_whole(''lists'')) OR EXISTS ('
        'SELECT FROM statuses WHERE statuses.bucket = contacts.bucket AND statuses.contact_id = contacts.id))');
    -- What is known of a contact whatever the list.
    FOREACH held IN ARRAY ARRAY['changes', 'consents', 'suppressions', 'contact_marks', 'group_members', 'memberships',
        'pasts'] LOOP
        EXECUTE format(written, held, format(contact, held));
    END LOOP;
    EXECUTE format(written, 'moved', 'EXISTS (SELECT FROM contacts WHERE contacts.bucket = moved.into_bucket '
        'AND contacts.id = moved.into_contact_id)');
    -- What happened to a contact on a list or in a journey: both must be open.
    FOREACH held IN ARRAY ARRAY['runs', 'entries', 'webhook_calls', 'start_moments'] LOOP
        EXECUTE format(written, held, format(contact, held) || ' AND ' || format(journey, held));
    END LOOP;
    EXECUTE format(written, 'traces', format(contact, 'traces') || ' AND EXISTS (SELECT FROM runs '
        'WHERE runs.bucket = traces.bucket AND runs.id = traces.run_id)');
    FOREACH held IN ARRAY ARRAY['messages', 'notices'] LOOP
        said := CASE held WHEN 'messages' THEN ' AND (journey_id IS NULL OR ' || format(journey, held) || ')' ELSE '' END;
        EXECUTE format(written, held, format(one_list, 'list_id') || ' AND ' || format(contact, held) || said);
    END LOOP;
    EXECUTE format(written, 'facts', format(contact, 'facts')
        || ' AND ((properties ->> ''listId'') IS NULL OR (SELECT is_whole(''lists'')) '
        'OR properties ->> ''listId'' = ANY ((SELECT narrowed_to(''lists''))::text[])) '
        'AND ((properties ->> ''journeyId'') IS NULL '
        'OR properties ->> ''journeyId'' = ANY (ARRAY(SELECT journeys.id::text FROM journeys))) '
        'AND (kind NOT IN (''message'', ''run'', ''coupon'', ''status'') '
        'OR coalesce(properties ->> ''listId'', properties ->> ''journeyId'') IS NOT NULL '
        'OR (SELECT is_whole(''lists'')))');
    EXECUTE format(written, 'webhook_tries', 'EXISTS (SELECT FROM webhook_calls '
        'WHERE webhook_calls.bucket = webhook_tries.bucket AND webhook_calls.id = webhook_tries.call_id)');
    -- The id of a message does not tell its bucket.
    EXECUTE format(written, 'mailbox', 'EXISTS (SELECT FROM generate_series(0, 255) AS place (bucket) '
        'JOIN messages ON messages.bucket = place.bucket AND messages.id = mailbox.message_id)');
    -- Figures of a journey go with it: sums without names.
    FOREACH held IN ARRAY ARRAY['counters', 'bucket_journeys'] LOOP
        EXECUTE format(written, held, format(journey, held));
    END LOOP;

    BEGIN
        EXECUTE format('GRANT percorso_narrowed TO %I', current_user);
    EXCEPTION WHEN insufficient_privilege THEN
        NULL;
    END;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO percorso_narrowed', current_schema());
    GRANT EXECUTE ON FUNCTION is_of_open_node(smallint, uuid) TO percorso_narrowed;
    GRANT SELECT ON lists, nodes, templates, template_versions, links, journeys, journey_versions, statuses, contacts,
        changes, consents, suppressions, contact_marks, group_members, memberships, pasts, moved, runs, entries,
        webhook_calls, webhook_tries, start_moments, traces, messages, notices, facts, mailbox, counters,
        bucket_journeys TO percorso_narrowed;
    -- Of no list: readable as it is.
    GRANT SELECT ON clocks, heads, cursors, emptied, workspaces, coupon_pools, fields, event_types, event_days, groups,
        segments, segment_revisions, cap_rules, holiday_days TO percorso_narrowed;
    -- Of no list, but beside it stands what is: how many members there are in all, who got a code, what is asked of whom.
    GRANT SELECT (bucket, segment_id, workspace_id, revision, "offset") ON bucket_segments TO percorso_narrowed;
    GRANT SELECT (bucket, pool_id, number, workspace_id, run_id) ON coupons TO percorso_narrowed;
    GRANT SELECT (id, kind, key, number, state, workspace_id) ON jobs TO percorso_narrowed;
    -- Found by a key that is derived from who asks.
    GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency TO percorso_narrowed;
    -- Drafts only: neither the state of a journey nor its versions can be written.
    GRANT INSERT ON journeys, templates, template_versions, links TO percorso_narrowed;
    GRANT UPDATE (list_id, name, description, tags, draft, modified_at) ON journeys TO percorso_narrowed;
END $$;
