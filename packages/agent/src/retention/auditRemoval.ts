import { writeAudit } from "../records/audit.js";
import { agentVersion } from "../version.js";
import type { RemovalTools } from "./RemovalTools.js";
import type { RecoveryPointRemoval } from "./removeRecoveryPoint.js";

/** Does one removal and leaves a record of it, also where it fails. `why` is what the plan says. */
export async function audited(
  tools: RemovalTools,
  id: string,
  why: string,
  work: () => Promise<RecoveryPointRemoval>,
): Promise<RecoveryPointRemoval> {
  const record = (result: string, details: string[]) =>
    writeAudit(
      tools.store,
      tools.layout,
      { at: new Date(), action: "prune", id, result, who: tools.by, agentVersion, details: [why, ...details] },
      tools.reporter,
    );
  try {
    const removal = await work();
    if (removal.kind === "removed") await record("done", [`${removal.objects} objects removed`]);
    else if (removal.kind === "held") await record("kept", [removal.held.reason]);
    else await record("given-up", [removal.reason]);
    return removal;
  } catch (error) {
    await record("failed", [(error as Error).message]);
    throw error;
  }
}
