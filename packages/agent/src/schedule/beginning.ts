import { ExitCode, ProblemError } from "@pgkeep/core";
import { z } from "zod";
import { recordText } from "../records/recordText.js";
import type { Store } from "../store/Store.js";
import { putOnce } from "./putOnce.js";

const schema = z.object({ since: z.coerce.date() });

/**
 * When a schedule was first seen by any scheduler on this store; the first leaves a record of it. Slots before that were not missed, for nobody had asked
 * for them.
 */
export async function beginningOf(store: Store, key: string, now: Date): Promise<Date> {
  const text = recordText({ since: now });
  const known = await store.readDocument(key);
  if (known === undefined && (await putOnce(store, key, text))) return now;
  try {
    return schema.parse(JSON.parse(known ?? (await store.readDocument(key)) ?? "")).since;
  } catch (error) {
    throw new ProblemError(
      ExitCode.DataWrong,
      { where: `${store.description} ${key}`, reason: "this record of when a schedule began cannot be read", next: "remove it" },
      { cause: error },
    );
  }
}
