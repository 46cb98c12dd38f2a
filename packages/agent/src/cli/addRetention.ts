import { ExitCode, NotifiedJob, RetentionEnforcer } from "@pgkeep/core";
import { whoAmI } from "../records/whoAmI.js";
import { applyRetention } from "../retention/applyRetention.js";
import { assertEnforcedByAgent, isEnforcedByLifecycle } from "../retention/enforcedBy.js";
import { loadPolicy } from "../retention/loadPolicy.js";
import type { RetentionSurvey } from "../retention/RetentionSurvey.js";
import { retentionDocument } from "../retention/retentionDocument.js";
import { retentionExit } from "../retention/retentionExit.js";
import { retentionFacts } from "../retention/retentionFacts.js";
import { surveyLifecycle } from "../retention/surveyLifecycle.js";
import { surveyRetention } from "../retention/surveyRetention.js";
import { paintFor } from "../terminal/paint.js";
import type { AddCommand } from "./commandLine.js";
import { assertCanAsk, confirmRemoval } from "./confirmRemoval.js";
import { describeLifecycle } from "./describeLifecycle.js";
import { describeRetention } from "./describeRetention.js";
import { describeRetentionPlan } from "./describeRetentionPlan.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { withConfiguration, withNotifiedJob } from "./withConfiguration.js";

interface RetentionCommandOptions extends GlobalOptions {
  policy?: string;
  yes?: boolean;
}

export const addRetention: AddCommand = (program, surroundings, finish) => {
  const { environment, folder, messages, output } = surroundings;
  const retention = program.command("retention").description("Show which recovery points a policy keeps and why, and remove the others.");
  const policyOption = ["--policy <file>", "a policy by itself, in place of the configured one"] as const;
  retention
    .command("plan")
    .description("Show what stays, what would go, and why. Removes nothing.")
    .option(...policyOption)
    .addHelpText("after", PLAN_HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as RetentionCommandOptions;
      const plan = await withConfiguration(surroundings, options, "nothing was changed", async (invocation) => {
        const { config, store, layout, json } = invocation;
        const policy = await loadPolicy(config, options.policy, folder);
        if (isEnforcedByLifecycle(config, policy)) {
          const survey = await surveyLifecycle({ config, policy, store, layout });
          const document = { cluster: config.cluster, store: store.description, enforcedBy: RetentionEnforcer.Lifecycle, ...survey };
          printResult(surroundings, json, document, () => describeLifecycle(config.cluster, store.description, survey));
          return undefined;
        }
        const survey = await surveyRetention({ config, policy, store, layout, now: new Date() });
        const document = retentionDocument(config.cluster, store.description, survey);
        printResult(surroundings, json, document, () =>
          describeRetentionPlan(config.cluster, store.description, survey, paintFor(output, environment)),
        );
        return survey.plan;
      });
      finish(plan ? retentionExit(plan) : ExitCode.Done);
    });
  retention
    .command("apply")
    .description("Remove what the policy lets go: recovery points, and what runs left that died.")
    .option(...policyOption)
    .option("--yes", "remove without asking")
    .addHelpText("after", APPLY_HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as RetentionCommandOptions;
      if (options.yes !== true) assertCanAsk(surroundings);
      const telling = { job: NotifiedJob.Retention, factsOf: retentionFacts };
      const meaning = "what was begun is ended by the next `pgkeep retention apply`";
      const result = await withNotifiedJob(telling, surroundings, options, meaning, async (invocation) => {
        const { config, store, layout, reporter, signal, json } = invocation;
        const policy = await loadPolicy(config, options.policy, folder);
        assertEnforcedByAgent(config, policy);
        const apply = (agreed?: ReadonlySet<string>) =>
          applyRetention({ config, policy, store, by: whoAmI(environment), reporter, signal, ...(agreed ? { agreed } : {}) });
        if (json && options.yes === true) {
          const result = await apply();
          printResult(surroundings, true, result, () => "");
          return result;
        }
        const survey = await surveyRetention({ config, policy, store, layout, now: new Date() });
        const shown = `${describeRetentionPlan(config.cluster, store.description, survey, paintFor(json ? messages : output, environment))}\n\n`;
        (json ? messages : output).write(shown);
        const what = whatGoes(survey);
        if (what !== undefined && options.yes !== true) await confirmRemoval(what, surroundings, signal);
        const result = await apply(new Set(survey.plan.remove.map(({ id }) => id)));
        printResult(surroundings, json, result, () => describeRetention(result));
        return result;
      });
      finish(retentionExit(result.plan));
    });
};

/** What a confirmation is asked for; undefined where nothing would go. */
function whatGoes({ plan, leftovers, unfinished }: RetentionSurvey): string | undefined {
  if (plan.stopped !== null) return undefined;
  const counts: [number, string][] = [
    [plan.remove.length, "recovery points"],
    [unfinished.length, "removals that were interrupted"],
    [leftovers.filter(({ aliveUntil }) => aliveUntil <= plan.at).length, "runs that did not commit"],
  ];
  const words = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return words.length === 0 ? undefined : words.join(", ");
}

const PLAN_HELP = `
Only recovery points count that are good: checked and not suspicious, or accepted. The newest good one, the newest proven one, the
minimum, pinned ones and those in use stay whatever the policy says. Exit code 80 where retention would stop. Where the bucket's lifecycle enforces the policy
(retention.enforcedBy: lifecycle) it tells the class of each recovery point, and when S3 expires it.

Example:
  $ pgkeep retention plan
  $ pgkeep retention plan --policy new-policy.yaml --json | jq '.plan.remove'`;

const APPLY_HELP = `
Prints the plan and asks; where there is no terminal it removes only with --yes. What is locked by the store (Object Lock) is told, and no
error. An interrupted run leaves nothing that looks whole, and the next one goes on. Exit code 80 where retention stopped and removed nothing.
Where the bucket's lifecycle enforces retention it removes nothing, and ends with exit code 78.

Example:
  $ pgkeep retention apply
  $ pgkeep retention apply --yes --json`;
