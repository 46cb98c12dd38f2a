-- Small, and one of everything that matters to a reader of archives.
CREATE ROLE vector_owner;
CREATE SCHEMA "Weird, (schema)";

CREATE TABLE "Weird, (schema)"."ta""ble.(x) FROM stdin;" ("a,b" int, "q""uote" text, "naïve Ö" text, plain text);
INSERT INTO "Weird, (schema)"."ta""ble.(x) FROM stdin;" VALUES (1, E'tab\there\nnew', E'back\\slash', '\.'), (2, NULL, '', 'x'), (3, '\N', '日本', E'\r\b');

CREATE TABLE without_columns ();
INSERT INTO without_columns DEFAULT VALUES;
INSERT INTO without_columns DEFAULT VALUES;
CREATE TABLE without_rows_or_columns ();
CREATE TABLE generated_only (a int GENERATED ALWAYS AS (1) STORED);
INSERT INTO generated_only DEFAULT VALUES;
CREATE TABLE generated_between (a int, b int GENERATED ALWAYS AS (a * 2) STORED, c text);
INSERT INTO generated_between VALUES (1, DEFAULT, 'x'), (2, DEFAULT, 'y');
CREATE TABLE without_rows (id serial PRIMARY KEY, x text);
CREATE TABLE one_column (x text);
INSERT INTO one_column VALUES ('\.'), (''), (E'\n'), (NULL), ('.'), ('\');
CREATE TABLE twins (a int);
INSERT INTO twins VALUES (7), (7), (7);

CREATE TABLE kinds (id bigint GENERATED ALWAYS AS IDENTITY (START WITH 9000000000), doc jsonb, list text[], bin bytea, amount numeric, at timestamptz);
INSERT INTO kinds (doc, list, bin, amount, at) VALUES
  ('{"a": [1, "x\ty"]}', '{a,"b,c",NULL}', '\x00ff0a5c', 'NaN', '2024-02-29 12:00:00.123456+00'),
  (NULL, '{}', '', -1.50, 'infinity');

CREATE TABLE parent (a int, b text);
CREATE TABLE child (c date) INHERITS (parent);
ALTER TABLE parent ADD COLUMN d int;
INSERT INTO child VALUES (1, 'one', '2024-01-01', 10), (2, NULL, NULL, 20);

CREATE TABLE parts (a int, b text) PARTITION BY LIST (a);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE parts_rest PARTITION OF parts DEFAULT;
INSERT INTO parts VALUES (1, 'p'), (1, 'q'), (2, 'r');

CREATE SEQUENCE not_called;
SELECT setval('not_called', 42, false);
CREATE SEQUENCE "Weird, (schema)"."down', 1, true);" INCREMENT BY -5 MINVALUE -9223372036854775808 MAXVALUE -1;
SELECT nextval('"Weird, (schema)"."down'', 1, true);"'), nextval('"Weird, (schema)"."down'', 1, true);"');

CREATE FUNCTION add_one(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a + b -- ''quoted''';
CREATE VIEW seen AS SELECT a, add_one(a) AS more FROM twins;
CREATE MATERIALIZED VIEW seen_then AS SELECT a FROM twins;
COMMENT ON TABLE twins IS 'Wie es euch gefällt';
GRANT SELECT ON twins TO vector_owner;
ALTER TABLE one_column OWNER TO vector_owner;

SELECT lo_from_bytea(1001, 'hello'), lo_from_bytea(3000000000, '\x00ff0a'), lo_create(1002), lo_from_bytea(2147483648, 'hello');
ALTER LARGE OBJECT 1002 OWNER TO vector_owner;
