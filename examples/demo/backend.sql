-- syntho-backend: accounts and what they did. Generated data, the same on every run. A migration of the application, run by its own login.
ALTER DATABASE "syntho-backend" SET TimeZone = 'Europe/Amsterdam';
COMMENT ON DATABASE "syntho-backend" IS 'accounts, keys and the ledger';

CREATE SCHEMA ledger;
CREATE DOMAIN ledger.amount AS numeric(12, 2) CONSTRAINT not_free CHECK (VALUE <> 0);

CREATE TABLE account (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organisation_id uuid NOT NULL UNIQUE,
  contacts jsonb NOT NULL DEFAULT '[]',
  parent_id integer REFERENCES account DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO account (organisation_id, contacts, parent_id)
  SELECT md5('organisation ' || i)::uuid, jsonb_build_array(jsonb_build_object('mail', 'billing@example-' || i || '.org', 'verified', i % 2 = 0)), CASE WHEN i > 30 THEN i - 30 END
    FROM generate_series(1, 40) AS i;

CREATE TABLE api_key (
  id serial PRIMARY KEY,
  account_id integer NOT NULL REFERENCES account,
  digest bytea NOT NULL,
  scopes text[] NOT NULL CHECK (scopes <@ ARRAY['read', 'write', 'admin']),
  valid_during tstzrange NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT '2026-02-03 04:05:06+00'
);
INSERT INTO api_key (account_id, digest, scopes, valid_during)
  SELECT 1 + i % 40, decode(md5('key ' || i), 'hex'), (ARRAY['read', 'write', 'admin'])[1:1 + i % 3], tstzrange(timestamptz '2026-01-01 00:00+00' + i * interval '1 hour', NULL)
    FROM generate_series(1, 800) AS i;
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed_at := now(); RETURN NEW; END $$;
CREATE TRIGGER api_key_changed BEFORE UPDATE ON api_key FOR EACH ROW EXECUTE FUNCTION note_change();

CREATE TABLE request (
  id bigint GENERATED ALWAYS AS IDENTITY,
  region text NOT NULL,
  account_id integer NOT NULL REFERENCES account,
  path text NOT NULL,
  milliseconds real NOT NULL,
  details jsonb,
  PRIMARY KEY (id, region)
) PARTITION BY LIST (region);
CREATE TABLE request_europe PARTITION OF request FOR VALUES IN ('eu-central', 'eu-west');
CREATE TABLE request_elsewhere PARTITION OF request DEFAULT;
INSERT INTO request (region, account_id, path, milliseconds, details)
  SELECT (ARRAY['eu-central', 'eu-west', 'us-east', 'ap-south'])[1 + i % 4], 1 + i % 40, '/api/v1/workspaces/' || i % 600 || '/jobs', (i % 997) / 7.0,
         CASE WHEN i % 3 = 0 THEN jsonb_build_object('status', 200 + i % 300, 'agent', E'curl/8 "quoted"\\') END
    FROM generate_series(1, 30000) AS i;

CREATE TABLE ledger.ledger_entry (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  writer integer NOT NULL,
  number bigint NOT NULL,
  account_id integer NOT NULL REFERENCES account,
  amount ledger.amount NOT NULL,
  booked_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (writer, number)
);
INSERT INTO ledger.ledger_entry (writer, number, account_id, amount, booked_at)
  SELECT 0, i, 1 + i % 40, 1 + i % 90, timestamptz '2026-01-01 00:00+00' + i * interval '1 minute' FROM generate_series(1, 5000) AS i;
CREATE VIEW ledger.balance AS SELECT account_id, sum(amount) AS balance, count(*) AS entries FROM ledger.ledger_entry GROUP BY account_id;
