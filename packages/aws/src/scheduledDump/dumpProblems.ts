import { argumentProblems, isDeferred, type Problem, RetentionEnforcer } from "@pgkeep/core";
import { agentTaskProblems, takenNameProblems } from "../agentTask/agentTaskProblems.js";
import { configurationProblems, configurationTree, knownConfiguration } from "./dumpConfiguration.js";
import { DUMP_DEFAULTS, OWN_VARIABLES } from "./dumpDefaults.js";
import { dumpSchema } from "./dumpSchema.js";
import { dumpTimes, freshnessProblems } from "./dumpTimes.js";
import type { ScheduledDumpArgs } from "./ScheduledDumpArgs.js";

/** Everything that is wrong with the arguments, as far as they are known before the deployment. */
export function dumpProblems(args: ScheduledDumpArgs): Problem[] {
  const { problems, wellFormed } = argumentProblems(dumpSchema, args);
  if (!wellFormed) return problems;
  const told = new Set(problems.map(({ where }) => where));
  const further = [
    ...agentTaskProblems(args.task, "task"),
    ...takenNameProblems(args.task, "task", OWN_VARIABLES, "say it by the component's own arguments"),
    ...signInProblems(args),
    ...scheduleProblems(args),
    ...retentionProblems(args),
    ...configurationProblems(knownConfiguration(configurationTree(args))),
  ];
  // What is wrong by itself need not be told again by whoever else looks at it.
  return [...problems, ...further.filter(({ where }) => !told.has(where))];
}

function signInProblems({ server }: ScheduledDumpArgs): Problem[] {
  const { iamAuthentication = false, passwordSecretArn, passwordJsonKey, resourceId } = server;
  const both = "a password and IAM are two ways to sign in, and RDS takes one of them from a role";
  if (!iamAuthentication) {
    return [
      ...(passwordSecretArn === undefined
        ? [
            {
              where: "server.passwordSecretArn",
              reason: "this is missing: nothing says how the agent signs in",
              next: "name the secret with the password, or set iamAuthentication: true",
            },
          ]
        : []),
      ...(resourceId === undefined
        ? []
        : [{ where: "server.resourceId", reason: "only iamAuthentication needs it", next: "remove it, or set iamAuthentication: true" }]),
    ];
  }
  return [
    ...(typeof server.username === "string" && /[*?]/.test(server.username)
      ? [
          {
            where: "server.username",
            received: JSON.stringify(server.username),
            reason: "a policy would read this name as a pattern, and let the task in as other roles, too",
            allowed: "a name without * and ?",
          },
        ]
      : []),
    ...(passwordSecretArn === undefined ? [] : [{ where: "server.passwordSecretArn", reason: both, next: "remove one of the two" }]),
    ...(passwordJsonKey === undefined ? [] : [{ where: "server.passwordJsonKey", reason: both, next: "remove it" }]),
    ...(resourceId === undefined
      ? [
          {
            where: "server.resourceId",
            reason: "this is missing: the policy for a login by IAM names the instance by it",
            allowed: "db-…, cluster-… or prx-…, as `resourceId` of RdsPostgres",
          },
        ]
      : []),
  ];
}

function scheduleProblems(args: ScheduledDumpArgs): Problem[] {
  const { schedule, timeZone = DUMP_DEFAULTS.timeZone, retentionSchedule, freshnessHours } = args;
  const zone = isDeferred(timeZone) ? DUMP_DEFAULTS.timeZone : (timeZone as string);
  const pruning = retentionSchedule === undefined ? [] : dumpTimes("retentionSchedule", retentionSchedule, zone).problems;
  if (isDeferred(schedule)) return pruning;
  const { times, problems } = dumpTimes("schedule", schedule as string, zone);
  return [...problems, ...pruning.filter(({ where }) => where !== "timeZone"), ...(times ? freshnessProblems(times, freshnessHours) : [])];
}

function retentionProblems({ retentionSchedule, retention, store }: ScheduledDumpArgs): Problem[] {
  if (retentionSchedule === undefined) return [];
  const where = "retentionSchedule";
  return [
    ...(retention === undefined
      ? [{ where, reason: "nothing says what may go", next: "write `retention`, for example { preset: RetentionPreset.Production }" }]
      : []),
    ...(retention?.enforcedBy === RetentionEnforcer.Lifecycle
      ? [
          {
            where,
            reason: "the bucket itself enforces retention, and the agent then refuses to",
            next: "remove it, or retention.enforcedBy",
          },
        ]
      : []),
    ...(store.prunerPolicy === undefined
      ? [
          {
            where: "store.prunerPolicy",
            reason: "this is missing: the dump's rights do not delete",
            next: "give `prunerPolicy` of BackupBucket",
          },
        ]
      : []),
  ];
}
