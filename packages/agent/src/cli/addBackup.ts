import {
  BEFORE,
  DEADLINE_FORM,
  ExitCode,
  formatRecoveryPointId,
  NotifiedJob,
  ProblemError,
  parseDeadline,
  type StoreLayout,
} from "@pgkeep/core";
import { InvalidArgumentError, Option } from "commander";
import { readApplicationEnvironment } from "../application/applicationEnvironment.js";
import { type BackupResult, runBackup } from "../backup/backup.js";
import { loadSigningKey } from "../configuration/keys.js";
import { loadConnection } from "../configuration/loadConnection.js";
import { runIdentity } from "../configuration/runIdentity.js";
import { earlierSlot } from "../manifest/earlierSlot.js";
import { backupFacts } from "../notify/jobFacts.js";
import { whoAmI } from "../records/whoAmI.js";
import { backupAndRetentionExit, type RetentionAfterBackup, retentionAfterBackup } from "../retention/retentionAfterBackup.js";
import { underJobLock } from "../schedule/underJobLock.js";
import type { Store } from "../store/Store.js";
import { type BeforeOptions, beforeRequest, period } from "./beforeRequest.js";
import type { AddCommand } from "./commandLine.js";
import { describeBackup } from "./describeBackup.js";
import { describeRetentionAfterBackup } from "./describeRetention.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { withNotifiedJob } from "./withConfiguration.js";

interface PrunedBackup extends BackupResult {
  /** Where `retention.afterBackup` is set. */
  retention?: RetentionAfterBackup;
}

export const addBackup: AddCommand = (program, surroundings, finish) => {
  program
    .command("backup")
    .description("Take one recovery point: all databases at one instant, the roles and the listed files.")
    .addOption(new Option("--before <event>", "mark it as taken before this, and pin it for a time").choices(BEFORE))
    .option("--exclusive", "end with exit code 75 where another backup of this cluster is under way, here or elsewhere")
    .option("--wait <duration>", "with --exclusive: how long the other one is waited for (default: not at all)", waiting)
    .option("--pin-for <period>", "with --before: how long retention leaves it alone (default: 30d)", period)
    .addHelpText("after", HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions & BeforeOptions & { exclusive?: boolean; wait?: number };
      const waitMilliseconds = options.wait ?? 0;
      if (options.wait !== undefined && options.exclusive !== true) throw waitsForNothing();
      const { environment } = surroundings;
      const before = beforeRequest(options, whoAmI(environment));
      const application = readApplicationEnvironment(environment);
      const meaning = "nothing was committed; what was written is a leftover and disturbs nothing";
      const factsOf = (result: PrunedBackup) => ({
        ...backupFacts(result.manifest),
        exitCode: backupAndRetentionExit(result, result.retention),
      });
      const telling = { job: NotifiedJob.Backup, factsOf };
      const result = await withNotifiedJob(telling, surroundings, options, meaning, async (invocation) => {
        const { config, store, layout, reporter, json } = invocation;
        const identity = await earlierSlot(runIdentity(environment), store, layout);
        const signingKey = await loadSigningKey(config, environment);
        const connection = await loadConnection(config.connection, environment);
        const backUp = (signal: AbortSignal) =>
          runBackup({
            config,
            connection,
            store,
            identity,
            ...(signingKey ? { signingKey } : {}),
            application,
            ...(before ? { before } : {}),
            by: whoAmI(environment),
            reporter,
            signal,
          });
        const id = formatRecoveryPointId(identity);
        // What an earlier attempt committed needs no lock to be found.
        const exclusive = options.exclusive === true && !(await isCommitted(store, layout, id));
        const result = exclusive
          ? await underJobLock(
              { store, layout, job: "backup", purpose: `backup ${id}`, reporter, waitMilliseconds, signal: invocation.signal },
              (lost) => backUp(AbortSignal.any([invocation.signal, lost])),
            )
          : await backUp(invocation.signal);
        const { signal } = invocation;
        const retention = await retentionAfterBackup(result, { config, store, by: whoAmI(environment), reporter, signal });
        const pruned = { ...result, ...(retention ? { retention } : {}) };
        printResult(surroundings, json, pruned, () => `${describeBackup(result)}${describeRetentionAfterBackup(retention)}`);
        return pruned;
      });
      finish(backupAndRetentionExit(result, result.retention));
    });
};

async function isCommitted(store: Store, layout: StoreLayout, id: string): Promise<boolean> {
  for await (const { key } of store.list(layout.manifest(id))) if (key === layout.manifest(id)) return true;
  return false;
}

/** For commander: a duration such as `10m`, as milliseconds. */
function waiting(text: string): number {
  const milliseconds = parseDeadline(text);
  if (milliseconds !== undefined) return milliseconds;
  throw new InvalidArgumentError(`Allowed: ${DEADLINE_FORM}.`);
}

function waitsForNothing(): ProblemError {
  const reason = "it says how long another backup is waited for, and without --exclusive none is";
  return new ProblemError(ExitCode.Usage, { where: "--wait", reason, next: "add --exclusive" });
}

const HELP = `
The recovery point is committed last; whatever goes wrong before leaves none. Run again under the same PGKEEP_RUN_ID and
PGKEEP_SLOT it finds what an earlier attempt committed and ends well. A Kubernetes Job has PGKEEP_JOB_NAME, its name, in place of the slot.

--exclusive takes the lock in the store that \`pgkeep schedule\` takes, so that two backups of one cluster never run beside each other, whoever starts
them. With --wait it waits for the other one first. What an earlier attempt of the same run committed is found all the same.

Exit code 80: it is committed, but suspicious beside the last good one; \`pgkeep accept\` where that is as it should be. Trying again does not help.
With retention.afterBackup it removes what the policy lets go, unless the new one is suspicious; 80 also says that this stopped or failed.

With PGKEEP_METRICS=emf it writes the ages of the newest recovery points at its end, whatever became of it (see \`pgkeep status --help\`).

PGKEEP_APPLICATION_SHA, PGKEEP_APPLICATION_BRANCH and PGKEEP_APPLICATION_IMAGES (name=digest, separated by commas) say which version of the
application runs; the migrations that it applied are read from the databases.

Example:
  $ pgkeep backup
  $ pgkeep backup --before deploy --pin-for 14d
  $ PGKEEP_RUN_ID=nightly-42 PGKEEP_SLOT=2026-11-21T02:00:00Z pgkeep backup --exclusive --deadline 6h --json`;
