import { ExitCode, Verdict } from "@pgkeep/core";
import { loadIdentities } from "../configuration/keys.js";
import { loadConnection } from "../configuration/loadConnection.js";
import { runDrill } from "../drill/drill.js";
import { readManifest } from "../manifest/readManifest.js";
import { resolveId } from "../manifest/resolveId.js";
import { drillFacts } from "../notify/jobFacts.js";
import { whoAmI } from "../records/whoAmI.js";
import type { TaskSurroundings } from "./configuredTasks.js";
import type { ScheduledTask } from "./ScheduledTask.js";

/** `pgkeep drill latest` for a slot. */
export function drillTask({ config, store, layout, environment }: TaskSurroundings): ScheduledTask["run"] {
  return async ({ reporter, signal }) => {
    const id = await resolveId(store, layout, "latest");
    const manifest = await readManifest(store, layout, id, config.signing?.publicKeys ?? []);
    const { connection } = config.drill;
    const result = await runDrill({
      config,
      store,
      manifest,
      identities: await loadIdentities(config, environment),
      ...(connection ? { scratchConnection: await loadConnection(connection, environment, "drill.connection") } : {}),
      reporter,
      by: whoAmI(environment),
      signal,
    });
    const facts = drillFacts(result);
    return { ...facts, summary: facts.summary ?? result.verdict, exitCode: EXITS[result.verdict] };
  };
}

const EXITS = { [Verdict.Pass]: ExitCode.Done, [Verdict.Fail]: ExitCode.DataWrong, [Verdict.CouldNotVerify]: ExitCode.CouldNotVerify };
