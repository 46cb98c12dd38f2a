import { resolve } from "node:path";
import type { AgentConfig } from "@pgkeep/core";
import { loadConnection } from "../configuration/loadConnection.js";
import type { ApplicationHooks, RestoreTargetOptions } from "../restore/RestoreOptions.js";
import type { RestoreResult } from "../restore/RestoreResult.js";
import { confirmReplacing } from "./confirmReplacing.js";
import { heldBack } from "./heldBack.js";
import { aboutTarget, loadTarget } from "./loadTarget.js";
import type { RestoreCommandOptions } from "./RestoreCommandOptions.js";
import type { Surroundings } from "./Surroundings.js";
import type { Invocation } from "./withConfiguration.js";

/**
 * Runs a restore with all that a recovery point and a file have in common: the server, the confirmations, the options. `targets` are the names
 * that databases are going to have. Without a configuration the server is the one that --to names.
 */
export async function restoreInto(
  targets: readonly string[],
  config: Pick<AgentConfig, "connection" | "dump">,
  options: RestoreCommandOptions,
  surroundings: Surroundings,
  { reporter, signal, json }: Invocation,
  run: (common: RestoreTargetOptions) => Promise<RestoreResult>,
): Promise<RestoreResult> {
  const { environment, folder } = surroundings;
  const { to, dryRun, table, yesReplace = [] } = options;
  const connection = to === undefined ? await loadConnection(config.connection, environment) : await loadTarget(to, environment);
  // The plan is the result of a rehearsal; told twice it would only be longer.
  const quiet = heldBack(reporter);
  try {
    const inPlace = options.inPlace === true;
    const keepReplaced = options.dropReplaced !== true;
    const asks = !json && !dryRun && table === undefined;
    const confirmed = asks
      ? await confirmReplacing({ connection, targets, confirmed: yesReplace, inPlace, keepReplaced, signal }, surroundings)
      : yesReplace;
    const application = applicationHooks(options);
    return await run({
      connection,
      ...(config.dump.programs === undefined ? {} : { programs: config.dump.programs }),
      yesReplace: confirmed,
      schemaOnly: options.schemaOnly === true,
      noOwner: !options.owner,
      noAcl: !options.acl,
      acceptMissing: options.acceptMissing === true,
      dryRun: dryRun === true,
      ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
      ...(options.workFolder === undefined ? {} : { workFolder: resolve(folder, options.workFolder) }),
      verify: options.verify,
      keepReplaced,
      ...(application ? { application } : {}),
      reporter: dryRun ? quiet.reporter : reporter,
      signal,
    });
  } catch (error) {
    quiet.tell();
    throw to === undefined ? error : aboutTarget(error);
  }
}

function applicationHooks({ stop, start, checkUrl, checkFor }: RestoreCommandOptions): ApplicationHooks | undefined {
  if ((stop ?? start ?? checkUrl) === undefined) return undefined;
  return {
    ...(stop === undefined ? {} : { stop }),
    ...(start === undefined ? {} : { start }),
    ...(checkUrl === undefined ? {} : { checkUrl }),
    ...(checkFor === undefined ? {} : { checkForMilliseconds: checkFor }),
  };
}
