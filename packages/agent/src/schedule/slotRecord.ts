import { ExitCode, type ScheduledJob } from "@pgkeep/core";
import { z } from "zod";
import { recordText } from "../records/recordText.js";
import type { Store } from "../store/Store.js";
import { putOnce } from "./putOnce.js";

const schema = z.object({
  job: z.string(),
  slot: z.coerce.date(),
  exitCode: z.number().int(),
  summary: z.string(),
  startedAt: z.coerce.date(),
  endedAt: z.coerce.date(),
  attempts: z.number().int(),
  fence: z.number().int(),
  by: z.string(),
});

/** What became of one slot: once written, no scheduler runs it any more. */
export interface SlotRecord {
  job: ScheduledJob;
  slot: Date;
  /** What the command that does the same would have ended with. */
  exitCode: ExitCode;
  /** In words. */
  summary: string;
  startedAt: Date;
  endedAt: Date;
  /** How often it was tried. */
  attempts: number;
  /** Number of the lock's token that it ran under. */
  fence: number;
  by: string;
}

/** The record of a slot; undefined where nobody has finished with it. */
export async function readSlotRecord(store: Store, key: string): Promise<Pick<SlotRecord, "exitCode" | "summary" | "by"> | undefined> {
  const text = await store.readDocument(key);
  if (text === undefined) return undefined;
  const read = schema.safeParse(parsed(text));
  // Whatever it says, somebody has finished with the slot.
  return read.success ? read.data : { exitCode: ExitCode.Done, summary: "a record that cannot be read", by: "" };
}

/** False where another scheduler has finished with the slot meanwhile. */
export async function writeSlotRecord(store: Store, key: string, record: SlotRecord): Promise<boolean> {
  return await putOnce(store, key, recordText(record));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
