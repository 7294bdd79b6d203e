-- The export of a contact hands out what confirmations the contact is owed.
SET LOCAL lock_timeout = '5s';

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_request') THEN
        GRANT SELECT ON notices TO percorso_request;
    END IF;
END $$;
