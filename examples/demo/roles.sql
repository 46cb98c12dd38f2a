-- The application's own role, which owns what its migrations create, and one that only reads.
CREATE ROLE syntho LOGIN PASSWORD 'an application''s secret' CONNECTION LIMIT 50;
CREATE ROLE syntho_reader NOLOGIN;
ALTER ROLE syntho SET lock_timeout = '5s';
COMMENT ON ROLE syntho_reader IS 'reports read, and nothing else';
CREATE DATABASE "syntho-core" OWNER syntho;
CREATE DATABASE "syntho-backend" OWNER syntho;
