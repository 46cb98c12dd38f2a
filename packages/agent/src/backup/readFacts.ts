import { type AgentConfig, ExitCode, type Problem, ProblemError } from "@pgkeep/core";
import { type Migrations, readMigrations } from "../application/readMigrations.js";
import { dataSequences, dataTables, largeObjectCount, readExtensions, readNeverProven } from "../postgresql/catalogue.js";
import { readDatabaseProperties } from "../postgresql/databaseProperties.js";
import { applyWaivers, type Finding, findUndumpable } from "../postgresql/dumpability.js";
import type { PostgresPrograms } from "../postgresql/programs.js";
import type { HeldDatabase } from "../snapshot/holdSnapshot.js";
import type { DatabaseFacts } from "./dumpDatabase.js";

export interface Facts {
  /** By name of the database. */
  databases: Map<string, DatabaseFacts>;
  /** What was applied to the databases; null where nobody looked. */
  migrations: Migrations | null;
  /** What cannot be dumped and was waived by name, each with its database. */
  waived: string[];
  /** For example waivers that match nothing. */
  warnings: string[];
}

/**
 * Reads, in the held transactions, all that a manifest says about the databases beside their rows, and refuses what the role cannot dump
 * unless it is waived by name: a backup is never silently smaller than its databases.
 */
export async function readFacts(held: readonly HeldDatabase[], config: AgentConfig, programs: PostgresPrograms): Promise<Facts> {
  const problems: Problem[] = [];
  const facts: Facts = { databases: new Map(), migrations: null, waived: [], warnings: [] };
  const findings: Finding[] = [];
  for (const { database, session } of held) {
    const undumpable = await findUndumpable(session);
    findings.push(...undumpable);
    const { refused, waived, pgDumpArguments, excludedTables } = applyWaivers(undumpable, config.dump.waive, programs.version);
    problems.push(...refused.map((problem) => ({ ...problem, where: `database ${database}, ${problem.where}` })));
    facts.waived.push(...waived.map((waiver) => `${database}: ${waiver}`));
    const tables = await dataTables(session);
    const [size] = await session.query<{ bytes: string }>("SELECT pg_database_size(current_database())::text AS bytes");
    facts.databases.set(database, {
      properties: await readDatabaseProperties(session, database),
      extensions: await readExtensions(session),
      neverProven: await readNeverProven(session),
      expectedTables: tables.filter((table) => !excludedTables.has(table.oid)),
      // What is left out by name takes sequences of its own along, by rules that are pg_dump's.
      expectedSequences: pgDumpArguments.length === 0 ? await dataSequences(session) : null,
      expectedLargeObjects: pgDumpArguments.length === 0 ? await largeObjectCount(session) : null,
      pgDumpArguments,
      estimatedBytes: Number(size?.bytes ?? 0),
    });
  }
  if (problems.length > 0) throw new ProblemError(ExitCode.Permission, problems);
  facts.migrations = await readAllMigrations(held, config.application);
  const names = new Set(findings.map(({ name }) => name));
  facts.warnings.push(
    ...config.dump.waive.filter((name) => !names.has(name)).map((name) => `dump.waive names ${name}, which is not missing: remove it`),
  );
  return facts;
}

/** In the held transactions, so of the very instant that is dumped, and while the tables are locked: a TRUNCATE would show through the snapshot. */
async function readAllMigrations(
  held: readonly HeldDatabase[],
  { migrations, migrationQueries }: AgentConfig["application"],
): Promise<Migrations | null> {
  const queries = new Map(migrationQueries.map(({ database, query }) => [database, query]));
  const looked = held.filter(({ database }) => migrations === "auto" || queries.has(database));
  if (looked.length === 0) return null;
  const found = await Promise.all(looked.map(({ database, session }) => readMigrations(session, queries.get(database))));
  return { records: found.flatMap(({ records }) => records), unread: found.flatMap(({ unread }) => unread) };
}
