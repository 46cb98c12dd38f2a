import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { parseTimeName, type StoreLayout } from "@pgkeep/core";
import { z } from "zod";
import { inParallel } from "../backup/inParallel.js";
import type { Reporter } from "../reporter.js";
import type { Store } from "../store/Store.js";
import { readRecord } from "./readRecord.js";
import { recordText } from "./recordText.js";

/** What the audit trail tells of. */
export const AUDITED_ACTIONS = ["backup", "restore", "drill", "prune", "pin", "unpin", "accept", "undelete", "copy"] as const;

/** Records are read this many at a time. */
const READERS = 16;

const entrySchema = z.object({
  at: z.coerce.date(),
  action: z.enum(AUDITED_ACTIONS),
  id: z.string().nullable().describe("The recovery point; null where it is about several, or none came to be"),
  result: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
  who: z.string(),
  agentVersion: z.string(),
  details: z.array(z.string()),
});

/** One record of the audit trail: what somebody did, from where, and what came of it. Never a secret. */
export type AuditEntry = z.infer<typeof entrySchema>;

/** An entry as a listing tells it where its document cannot be read. */
export interface UnreadEntry {
  key: string;
  at: Date;
  problem: string;
}

/** A store that is away is tried for long; whoever waits for this process to end, perhaps to kill it, is not. */
const PATIENCE_MILLISECONDS = 10_000;

/** Leaves a record. Never throws and never changes an outcome: a record that cannot be written, or not within ten seconds, is a warning. */
export async function writeAudit(store: Store, layout: StoreLayout, entry: AuditEntry, reporter: Reporter): Promise<void> {
  const patience = new AbortController();
  try {
    const key = layout.auditRecord(entry.at, entry.action, entry.result, randomBytes(4).toString("hex"));
    const writing = store.putDocument(key, recordText(entrySchema.parse(entry)));
    writing.catch(() => undefined);
    const waiting = sleep(PATIENCE_MILLISECONDS, undefined, { signal: patience.signal, ref: false }).then(() => {
      throw new Error(`the store did not take it within ${PATIENCE_MILLISECONDS / 1000} s`);
    });
    waiting.catch(() => undefined);
    await Promise.race([writing, waiting]);
  } catch (error) {
    reporter.warning(`this ${entry.action} left no record in the audit trail: ${(error as Error).message}`);
  } finally {
    patience.abort();
  }
}

/** The audit trail since a time (default: all of it), oldest first. What cannot be read is told beside it. */
export async function readAudit(
  store: Store,
  layout: StoreLayout,
  { since = new Date(0) }: { since?: Date } = {},
): Promise<{ entries: AuditEntry[]; unread: UnreadEntry[] }> {
  const names: { key: string; at: Date }[] = [];
  for await (const { key } of store.list(layout.audit)) {
    const at = parseTimeName(/^([^-]+)-[a-z-]+-[a-z0-9]{8}\.json$/.exec(key.slice(layout.audit.length))?.[1] ?? "");
    if (at && at >= since) names.push({ key, at });
  }
  const unread: UnreadEntry[] = [];
  const read = async ({ key, at }: { key: string; at: Date }) => {
    try {
      return await readRecord(store, key, entrySchema);
    } catch (error) {
      unread.push({ key, at, problem: (error as Error).message });
      return undefined;
    }
  };
  const entries = await inParallel(names, READERS, read, () => undefined);
  return { entries: entries.filter((entry) => entry !== undefined), unread };
}
