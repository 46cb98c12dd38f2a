import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import type { DatabaseRecord } from "@pgkeep/core";
import { readStored } from "../../packages/agent/src/codec/readStored.js";
import type { Store } from "../../packages/agent/src/store/Store.js";
import type { WriterState } from "./pairWriters.js";

/** What each pair writer had committed according to a stored dump, read back by pg_restore alone. */
export async function archivedPairs(store: Store, record: DatabaseRecord, programFolder: string): Promise<WriterState[]> {
  const restore = spawn(join(programFolder, "pg_restore"), ["--data-only", "--table=pair", "--file=-"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  // pg_restore stops reading when it has the table.
  const fed = pipeline(await readStored(store, record.object), restore.stdin).catch(() => undefined);
  const states = new Map<number, WriterState>();
  for await (const line of createInterface({ input: restore.stdout })) {
    const [, writer, n] = /^(\d+)\t(\d+)$/.exec(line) ?? [];
    if (writer === undefined || n === undefined) continue;
    const state = states.get(Number(writer)) ?? { writer: Number(writer), count: 0, highest: 0 };
    states.set(state.writer, { ...state, count: state.count + 1, highest: Math.max(state.highest, Number(n)) });
  }
  await fed;
  return [...states.values()].sort((a, b) => a.writer - b.writer);
}
