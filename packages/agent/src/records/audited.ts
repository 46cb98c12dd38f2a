import { ProblemError, type StoreLayout } from "@pgkeep/core";
import type { Reporter } from "../reporter.js";
import type { Store } from "../store/Store.js";
import { agentVersion } from "../version.js";
import { type AuditEntry, writeAudit } from "./audit.js";
import { whoAmI } from "./whoAmI.js";

/** Where records of the audit trail go, and who they name. */
export interface AuditTrail {
  store: Store;
  layout: StoreLayout;
  reporter: Reporter;
  /** Who does it, as whoAmI tells. Default: the account and the host that this process runs on. */
  by?: string | undefined;
}

/** What a record says of work that ended in order. */
export interface AuditOutcome {
  /** One or more words of a-z, joined by hyphens. Default: done. */
  result?: string;
  details: string[];
}

/** Does something and leaves a record of it in the audit trail, of its failure too. The record never changes the outcome. */
export async function audited<Result>(
  { store, layout, reporter, by = whoAmI({}) }: AuditTrail,
  action: AuditEntry["action"],
  id: string | null,
  work: () => Promise<Result>,
  outcomeOf: (result: Result) => AuditOutcome,
): Promise<Result> {
  const write = (outcome: AuditOutcome) =>
    writeAudit(store, layout, { at: new Date(), action, id, result: "done", who: by, agentVersion, ...outcome }, reporter);
  let result: Result;
  try {
    result = await work();
  } catch (error) {
    await write({ result: "failed", details: failureDetails(error) });
    throw error;
  }
  await write(outcomeOf(result));
  return result;
}

function failureDetails(error: unknown): string[] {
  if (error instanceof ProblemError)
    return [`exit code ${error.exitCode}`, ...error.problems.map(({ where, reason }) => `${where}: ${reason}`)];
  return [`a defect of pgkeep: ${error instanceof Error ? error.message : String(error)}`];
}
