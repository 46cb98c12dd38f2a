import { ExitCode, type PhysicalDrillResult, ProblemError, type StoreLayout } from "@pgkeep/core";
import type { Reporter } from "../../reporter.js";
import { ObjectExistsError, type Store } from "../../store/Store.js";

/**
 * Keeps a result under the time the drill ended, or where another ended in the same millisecond, the next that is free. A store that does not
 * take it is a warning: the verdict stands, and whoever waits for it must hear it.
 */
export async function storePhysicalResult(
  store: Pick<Store, "putDocument" | "description">,
  layout: StoreLayout,
  result: PhysicalDrillResult,
  reporter: Reporter,
): Promise<void> {
  for (let time = new Date(result.endedAt).getTime(); ; time += 1) {
    try {
      await store.putDocument(layout.physicalDrill(new Date(time), result.verdict), `${JSON.stringify(result, null, 1)}\n`);
      return;
    } catch (error) {
      if (error instanceof ObjectExistsError) continue;
      if (!(error instanceof ProblemError)) throw error;
      const why = error.exitCode === ExitCode.Permission ? "these credentials may not write to it" : error.problems[0]?.reason;
      reporter.warning(`the result of this physical drill is not kept in ${store.description}: ${why}`);
      return;
    }
  }
}
