import { type DrillResult, NotifiedJob } from "@pgkeep/core";
import { loadConnection } from "../configuration/loadConnection.js";
import { runDrill } from "../drill/drill.js";
import { readManifest } from "../manifest/readManifest.js";
import { resolveId } from "../manifest/resolveId.js";
import { drillFacts } from "../notify/jobFacts.js";
import { whoAmI } from "../records/whoAmI.js";
import { paintFor } from "../terminal/paint.js";
import type { AddCommand } from "./commandLine.js";
import { describeDrill } from "./describeDrill.js";
import { assertDrillOptions, drillPhysical, type PhysicalDrillCommandOptions } from "./drillPhysical.js";
import { drillReportFiles, writeDrillReports } from "./drillReports.js";
import { identityNames } from "./identityNames.js";
import { loadIdentitiesFor } from "./loadIdentitiesFor.js";
import { printResult } from "./printResult.js";
import { verdictExit } from "./verdictExit.js";
import { withNotifiedJob } from "./withConfiguration.js";

export const addDrill: AddCommand = (program, surroundings, finish) => {
  program
    .command("drill")
    .argument("[id]", "recovery point: an id, `latest` or `latest-proven`", "latest")
    .description("Prove a recovery point: restore it into scratch space, compare everything with its manifest, measure the time.")
    .option("--dry-run", "only find out whether a drill is possible here; restores nothing, stores no result")
    .option("--identity-file <file>", "decrypt with the age identities of this file and no others: tests an escrow key")
    .option("--report <file>", "also write the report, one page of HTML, into this file")
    .option("--junit <file>", "also write the checks as JUnit XML into this file")
    .option(
      "--physical",
      "look through a server that runs on a copy of a cluster's files (a snapshot, PITR), for which there is no recovery point",
    )
    .option("--restored-arn <arn>", "with --physical: the RDS instance to look through, instead of the server of drill.connection")
    .option("--restore-job <id>", "with --physical: the restore job of AWS Backup's restore testing that is told the verdict")
    .option("--against <id>", "with --physical: compare the rows with this recovery point, where both turn out to be of one moment")
    .addHelpText("after", HELP)
    .action(async (idOrAlias: string, _options, command) => {
      const options = command.optsWithGlobals() as PhysicalDrillCommandOptions;
      assertDrillOptions(options, command.args.length > 0);
      if (options.physical) {
        finish(await drillPhysical(options, surroundings));
        return;
      }
      const { environment, output } = surroundings;
      const files = await drillReportFiles(options, surroundings.folder);
      const meaning = "nothing was proven; the scratch server is gone";
      const factsOf = (result: DrillResult) => ({ ...drillFacts(result), exitCode: verdictExit(result.verdict) });
      const telling = { job: options.dryRun ? undefined : NotifiedJob.Drill, factsOf };
      const { verdict } = await withNotifiedJob(telling, surroundings, options, meaning, async (invocation) => {
        const { config, store, layout, reporter, signal, json } = invocation;
        const id = await resolveId(store, layout, idOrAlias);
        const manifest = await readManifest(store, layout, id, config.signing?.publicKeys ?? []);
        const identities = await loadIdentitiesFor(options.identityFile, config, surroundings);
        const { connection } = config.drill;
        const dryRun = options.dryRun === true;
        const result = await runDrill({
          config,
          store,
          manifest,
          identities,
          ...(connection ? { scratchConnection: await loadConnection(connection, environment, "drill.connection") } : {}),
          reporter,
          by: whoAmI(environment),
          dryRun,
          signal,
        });
        await writeDrillReports(files, { config, store, layout }, result, reporter);
        const encrypted = manifest.globals.object.codec.includes("age");
        const opened = encrypted && result.restoreMilliseconds > 0 ? await identityNames(identities, config) : undefined;
        printResult(surroundings, json, result, () => describeDrill({ result, dryRun, opened }, paintFor(output, environment)));
        return result;
      });
      finish(verdictExit(verdict));
    });
};

const HELP = `
The restore goes into a scratch server that is started for it and thrown away, or to the one that drill.connection names. Nothing that lives is
touched. The result is stored beside the recovery point. Exit code 0 for PASS, 65 for FAIL, 79 for COULD_NOT_VERIFY.

With --physical nothing is restored: a server that already runs on a copy is read from end to end, and its catalogues, files, indexes and rows are
held against each other.

Example:
  $ pgkeep drill latest
  $ pgkeep drill 20261121T020000Z-4f9k2m1x --identity-file /media/safe/escrow-identity.txt
  $ pgkeep drill latest --report drill.html --junit drill.xml
  $ pgkeep drill --physical
  $ pgkeep drill --physical --restored-arn arn:aws:rds:eu-west-1:111122223333:db:restored --restore-job 9F1B5D3C-0A5E-4F43-8AC2-1D9E7C1B0A11`;
