-- What the stack of Pulumi.dev.yaml makes, for a machine without Pulumi: who owns, who works, who reads, who takes backups and who restores.
CREATE ROLE syntho_owner NOLOGIN;
CREATE ROLE syntho LOGIN IN ROLE syntho_owner;
-- Sessions begin as the owner, so that what a migration creates is the owner's and not the login's.
ALTER ROLE syntho SET role = 'syntho_owner';
CREATE ROLE syntho_reader LOGIN;
CREATE ROLE pgkeep_dump LOGIN IN ROLE pg_read_all_data;
CREATE ROLE pgkeep_restore LOGIN CREATEDB IN ROLE syntho_owner;
CREATE DATABASE "syntho-core" OWNER syntho_owner TEMPLATE template0;
CREATE DATABASE "syntho-backend" OWNER syntho_owner TEMPLATE template0;
