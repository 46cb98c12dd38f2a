import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Connection } from "@pgkeep/core";
import { childEnvironment } from "../../packages/agent/src/postgresql/childEnvironment.js";
import { findPrograms } from "../../packages/agent/src/postgresql/programs.js";
import type { HeldSnapshot } from "../../packages/agent/src/snapshot/holdSnapshot.js";
import { pairViolations, type WriterState } from "./pairWriters.js";

/** Rows of each table, by its name as pg_dump spells it, for example `public.pair`. */
export type DumpedRows = Map<string, string[]>;

/** What the real pg_dump, on the exported snapshot, writes as rows. */
export async function dumpRows(connection: Connection, database: string, exportedSnapshot: string): Promise<DumpedRows> {
  const programs = await findPrograms(["pg_dump"]);
  const args = ["--data-only", "--no-password", `--snapshot=${exportedSnapshot}`, "-d", database];
  const { stdout } = await promisify(execFile)(programs.path("pg_dump"), args, {
    env: await childEnvironment(connection),
    maxBuffer: 2 ** 30,
  });
  const tables: DumpedRows = new Map();
  let rows: string[] | undefined;
  for (const line of stdout.split("\n")) {
    const copy = /^COPY (.+?) \(/.exec(line)?.[1];
    if (copy !== undefined) {
      rows = [];
      tables.set(copy, rows);
    } else if (line === "\\.") rows = undefined;
    else rows?.push(line);
  }
  return tables;
}

/** Everything that is wrong with the databases as pg_dump sees them on the held snapshots; empty when they are of one instant and whole. */
export async function violationsOf(connection: Connection, held: HeldSnapshot): Promise<string[]> {
  const violations: string[] = [];
  const states = new Map<string, WriterState[]>();
  for (const { database, exportedSnapshot, tables } of held.databases) {
    const dumped = await dumpRows(connection, database, exportedSnapshot);
    if (dumped.size !== tables.length) violations.push(`${database}: ${dumped.size} tables dumped, ${tables.length} held`);
    states.set(database, writerStates(dumped.get("public.pair") ?? []));
    for (const [name, rows] of dumped) {
      if (!/truncated|rewritten|swapped|made/.test(name)) continue;
      const generations = new Set(rows.map((row) => row.split("\t")[1]));
      if (rows.length !== 1000 || generations.size !== 1)
        violations.push(`${database}: ${name} has ${rows.length} rows of ${generations.size} generations`);
    }
  }
  return [...violations, ...pairViolations(states)];
}

function writerStates(rows: readonly string[]): WriterState[] {
  const states = new Map<number, WriterState>();
  for (const row of rows) {
    const [writer = 0, n = 0] = row.split("\t").map(Number);
    const state = states.get(writer) ?? { writer, count: 0, highest: 0 };
    states.set(writer, { writer, count: state.count + 1, highest: Math.max(state.highest, n) });
  }
  return [...states.values()];
}
