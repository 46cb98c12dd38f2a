-- The same inside each database.
DO $$ BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO syntho_reader, pgkeep_dump', current_database());
END $$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO syntho_owner;
GRANT USAGE ON SCHEMA public TO syntho_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE syntho_owner GRANT SELECT ON TABLES TO syntho_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE syntho_owner GRANT SELECT ON SEQUENCES TO syntho_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE syntho_owner GRANT USAGE ON SCHEMAS TO syntho_reader;
