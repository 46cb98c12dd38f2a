import { ExitCode, ProblemError } from "@pgkeep/core";
import { type ZodType, z } from "zod";
import type { Store } from "../store/Store.js";

/** Records are small; what is larger is none of ours. */
const MAXIMUM_BYTES = 16 * 1024 * 1024;

/** Reads a record of a form; undefined where there is none. */
export async function readRecord<Record>(store: Store, key: string, schema: ZodType<Record>): Promise<Record | undefined> {
  const text = await store.readDocument(key, MAXIMUM_BYTES);
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new ProblemError(ExitCode.DataWrong, {
    where: `${store.description} ${key}`,
    reason: `this is not a record of this pgkeep: ${z.prettifyError(parsed.error).split("\n")[0]}`,
    next: "it was written by a newer pgkeep, or damaged, or put there by something else: look at it",
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
