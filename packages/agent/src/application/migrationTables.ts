import type { MigrationTool } from "@pgkeep/core";

/** Kinds of column types, as far as a migration table is told by them. Types that users made are none of them: nothing of theirs runs. */
export type ColumnKind = "text" | "number" | "boolean" | "time";

/** The table in which a tool keeps what it applied. */
export interface MigrationTable {
  tool: Exclude<MigrationTool, "query">;
  table: string;
  /** Columns without which it is another table of that name. */
  columns: Readonly<Record<string, ColumnKind>>;
  /** What names one migration for ever, in SQL over the table `t`. */
  name: string;
  /** Rows that count; absent: all. `{table}` stands for the table itself. */
  where?: string;
  /** The order in which they were applied. Text is compared byte by byte, so that every server orders alike. */
  order: string;
}

/**
 * The tables of the common tools, with the columns that the tools' own sources give them. The lists of columns hold only what is read or what
 * tells the table from another tool's.
 */
export const MIGRATION_TABLES: readonly MigrationTable[] = [
  {
    // prisma/prisma-engines, sql-schema-connector/src/flavour/postgres: create_migrations_table. A migration that failed has no finished_at, one
    // that `prisma migrate resolve --rolled-back` gave up has rolled_back_at (https://www.prisma.io/docs/orm/prisma-migrate/workflows/patching-and-hotfixing).
    tool: "prisma",
    table: "_prisma_migrations",
    columns: { migration_name: "text", started_at: "time", finished_at: "time", rolled_back_at: "time" },
    name: "t.migration_name",
    where: "t.finished_at IS NOT NULL AND t.rolled_back_at IS NULL",
    order: `t.started_at, t.migration_name COLLATE pg_catalog."C"`,
  },
  {
    // drizzle-team/drizzle-orm, drizzle-orm/src/pg-core/dialect.ts (migrate): id, hash, created_at, in schema drizzle or another; the newest by
    // created_at, which is `when` in meta/_journal.json, is the head. up-migrations/pg.ts adds a name later, so the name cannot tell them apart.
    tool: "drizzle",
    table: "__drizzle_migrations",
    columns: { id: "number", hash: "text", created_at: "number" },
    name: "t.created_at::pg_catalog.text || ' ' || pg_catalog.left(t.hash, 12)",
    order: "t.created_at, t.id",
  },
  {
    // knex/knex, lib/migrations/migrate/table-creator.js. A migration that fails leaves no row, one that is rolled back loses it.
    tool: "knex",
    table: "knex_migrations",
    columns: { id: "number", name: "text", batch: "number", migration_time: "time" },
    name: "t.name",
    order: "t.id",
  },
  {
    // typeorm/typeorm, src/migration/MigrationExecutor.ts: createMigrationsTableIfNotExist. Laravel's table of that name has other columns.
    tool: "typeorm",
    table: "migrations",
    columns: { id: "number", timestamp: "number", name: "text" },
    name: "t.name",
    order: "t.id",
  },
  {
    // flyway/flyway, PostgreSQLDatabase.java: getRawCreateScript. What was undone, or marked as deleted by `repair`, stays with a later row that says
    // so. Scripts without a version are run again when they change: they go first, so that the head is the last version.
    tool: "flyway",
    table: "flyway_schema_history",
    columns: { installed_rank: "number", version: "text", description: "text", type: "text", script: "text", success: "boolean" },
    name: "CASE WHEN t.version IS NULL THEN t.script ELSE t.version || ' ' || t.description END",
    where: `t.success AND t.type NOT LIKE 'UNDO%' AND t.type NOT IN ('DELETE', 'SCHEMA') AND NOT EXISTS (
      SELECT FROM {table} later WHERE later.installed_rank > t.installed_rank AND later.success AND (later.type LIKE 'UNDO%' OR later.type = 'DELETE')
         AND later.version IS NOT DISTINCT FROM t.version AND (t.version IS NOT NULL OR later.description = t.description))`,
    order: "t.version IS NOT NULL, t.installed_rank",
  },
  {
    // liquibase/liquibase, CreateDatabaseChangeLogTableGenerator.java; read back in this order by StandardChangeLogHistoryService. A change set is
    // named by file, id and author; ChangeSet.ExecType says which were run.
    tool: "liquibase",
    table: "databasechangelog",
    columns: { id: "text", author: "text", filename: "text", dateexecuted: "time", orderexecuted: "number", exectype: "text" },
    name: "t.filename || '::' || t.id || '::' || t.author",
    where: "t.exectype IN ('EXECUTED', 'RERAN', 'MARK_RAN')",
    order: "t.dateexecuted, t.orderexecuted",
  },
  {
    // sqlalchemy/alembic, alembic/ddl/impl.py: version_table_impl. It holds the heads and nothing of what led to them.
    tool: "alembic",
    table: "alembic_version",
    columns: { version_num: "text" },
    name: "t.version_num",
    order: `t.version_num COLLATE pg_catalog."C"`,
  },
  {
    // django/django, django/db/migrations/recorder.py. A row means applied; unapplying deletes it.
    tool: "django",
    table: "django_migrations",
    columns: { id: "number", app: "text", name: "text", applied: "time" },
    name: "t.app || '.' || t.name",
    order: "t.id",
  },
  {
    // rails/rails, activerecord/lib/active_record/schema_migration.rb: one column of text, ordered as numbers. dbmate's table is alike; golang-migrate
    // and Ecto keep numbers in it.
    tool: "rails",
    table: "schema_migrations",
    columns: { version: "text" },
    name: "t.version",
    order: `pg_catalog.length(t.version), t.version COLLATE pg_catalog."C"`,
  },
];

/** As a person calls it. */
export const TOOL_NAMES: Readonly<Record<MigrationTool, string>> = {
  prisma: "Prisma",
  drizzle: "Drizzle",
  knex: "Knex",
  typeorm: "TypeORM",
  flyway: "Flyway",
  liquibase: "Liquibase",
  alembic: "Alembic",
  django: "Django",
  rails: "Rails",
  query: "your query",
};
