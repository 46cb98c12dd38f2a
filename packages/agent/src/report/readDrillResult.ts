import { type DrillResult, drillResultSchema, ExitCode, ProblemError } from "@pgkeep/core";
import type { DrillOutcome } from "../manifest/readDrills.js";
import type { Store } from "../store/Store.js";

/** A drill's result names every table, in about 150 bytes. */
const MAXIMUM_BYTES = 256 * 1024 * 1024;

/** Reads one result of a drill. Refuses what is none, and one that says other than its name does. */
export async function readDrillResult(store: Store, outcome: DrillOutcome): Promise<DrillResult> {
  const where = `${store.description} ${outcome.key}`;
  const parsed = drillResultSchema.safeParse(parseJson(await store.readDocument(outcome.key, MAXIMUM_BYTES)));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw wrong(where, `this is no result of a drill that this release can read (${issue?.path.join(".")}: ${issue?.message})`);
  }
  if (parsed.data.verdict !== outcome.verdict || !outcome.key.includes(`/drills/${parsed.data.id}/`)) {
    throw wrong(where, `it says ${parsed.data.verdict} about ${parsed.data.id}, which its name does not: it was edited or moved`);
  }
  return parsed.data;
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function wrong(where: string, reason: string): ProblemError {
  return new ProblemError(ExitCode.DataWrong, {
    where,
    reason,
    next: "drill the recovery point again, and look who may write to the store",
  });
}
