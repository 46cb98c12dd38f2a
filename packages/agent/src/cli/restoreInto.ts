import { resolve } from "node:path";
import type { AgentConfig, Connection } from "@pgkeep/core";
import { loadConnection } from "../configuration/loadConnection.js";
import type { ApplicationHooks, RestoreSteps, RestoreTargetOptions } from "../restore/RestoreOptions.js";
import type { RestoreResult } from "../restore/RestoreResult.js";
import { confirmReplacing } from "./confirmReplacing.js";
import { heldBack } from "./heldBack.js";
import { aboutTarget, loadTarget } from "./loadTarget.js";
import type { RestoreCommandOptions } from "./RestoreCommandOptions.js";
import type { Surroundings } from "./Surroundings.js";
import type { Invocation } from "./withConfiguration.js";

/**
 * Runs a restore with all that a recovery point and a file have in common: the server, the confirmations, the options. `targets` are the names
 * that databases are going to have. A configuration is needed only where --to names no server.
 */
export async function restoreInto(
  targets: readonly string[],
  config: AgentConfig | undefined,
  options: RestoreCommandOptions,
  surroundings: Surroundings,
  { reporter, signal, json }: Invocation,
  run: (common: RestoreTargetOptions) => Promise<RestoreResult>,
  steps?: RestoreSteps,
): Promise<RestoreResult> {
  const { environment, folder } = surroundings;
  const { to, dryRun, table, yesReplace = [] } = options;
  const connection = await connectionOf(to, config, environment);
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
      ...(config?.dump.programs === undefined ? {} : { programs: config.dump.programs }),
      yesReplace: confirmed,
      schemaOnly: options.schemaOnly === true,
      noOwner: !options.owner,
      noAcl: !options.acl,
      acceptMissing: options.acceptMissing === true,
      acceptOlderMigrations: options.acceptOlderMigrations === true,
      ...(config ? { migrationQueries: config.application.migrationQueries } : {}),
      dryRun: dryRun === true,
      ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
      ...(options.workFolder === undefined ? {} : { workFolder: resolve(folder, options.workFolder) }),
      verify: options.verify,
      keepReplaced,
      ...(application ? { application } : {}),
      ...(steps ? { steps } : {}),
      reporter: dryRun ? quiet.reporter : reporter,
      signal,
    });
  } catch (error) {
    quiet.tell();
    throw to === undefined ? error : aboutTarget(error);
  }
}

async function connectionOf(to: string | undefined, config: AgentConfig | undefined, environment: NodeJS.ProcessEnv): Promise<Connection> {
  if (to !== undefined) return await loadTarget(to, environment);
  if (config) return await loadConnection(config.connection, environment);
  throw new Error("neither --to nor a configuration names a server");
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
