import { type AgentConfigInput, DEADLINE_FORM, type Problem, parseDeadline, parseSecretReference, secretJsonKey } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { argumentsError } from "../argumentsError.js";
import { configurationProblems, configurationTree } from "./dumpConfiguration.js";
import { DUMP_DEFAULTS } from "./dumpDefaults.js";
import { type DumpTimes, dumpTimes, freshnessProblems, usualFreshnessHours } from "./dumpTimes.js";
import type { ScheduledDumpArgs } from "./ScheduledDumpArgs.js";

/** A dump's arguments as they are used. What came as an Output is judged as soon as it is known, and stops the preview or the deployment. */
export interface SettledDump {
  config: pulumi.Output<AgentConfigInput>;
  times: pulumi.Output<DumpTimes>;
  /** Where retention is applied by a schedule. */
  pruneTimes: pulumi.Output<DumpTimes> | undefined;
  deadline: pulumi.Output<string>;
  freshnessHours: pulumi.Output<number>;
  /** What the container's secrets are named by. */
  secrets: Record<string, pulumi.Output<string>>;
}

export function settleDump(name: string, args: ScheduledDumpArgs): SettledDump {
  const refuse = (problems: Problem[]) => {
    if (problems.length > 0) throw argumentsError("ScheduledDump", name, problems);
  };
  const timeZone = args.timeZone ?? DUMP_DEFAULTS.timeZone;
  const read = (where: string, schedule: pulumi.Input<string>) =>
    pulumi.all([schedule, timeZone]).apply(([text, zone]): DumpTimes => {
      const { times, problems } = dumpTimes(where, text, zone);
      refuse(problems);
      return times as DumpTimes;
    });
  const times = read("schedule", args.schedule);
  return {
    config: pulumi.output(configurationTree(args)).apply((tree) => {
      refuse(configurationProblems(tree));
      return tree as unknown as AgentConfigInput;
    }),
    times,
    pruneTimes: args.retentionSchedule === undefined ? undefined : read("retentionSchedule", args.retentionSchedule),
    deadline: pulumi.output(args.deadline ?? DUMP_DEFAULTS.deadline).apply((text) => {
      const reason = "this is no time that a run may take";
      refuse(parseDeadline(text) === undefined ? [{ where: "deadline", received: text, allowed: DEADLINE_FORM, reason }] : []);
      return text;
    }),
    freshnessHours: times.apply((known) => {
      refuse(freshnessProblems(known, args.freshnessHours));
      return args.freshnessHours ?? usualFreshnessHours(known);
    }),
    secrets: {
      ...(args.server.passwordSecretArn === undefined
        ? {}
        : { PGPASSWORD: passwordReference(args.server.passwordSecretArn, args.server.passwordJsonKey) }),
      ...(args.signing?.privateKeySecretArn === undefined ? {} : { PGKEEP_SIGNING_KEY: pulumi.output(args.signing.privateKeySecretArn) }),
    },
  };
}

/** Only a secret of Secrets Manager is a JSON document, and an ARN may name its key already. */
function passwordReference(secretArn: pulumi.Input<string>, jsonKey: pulumi.Input<string> | undefined): pulumi.Output<string> {
  return pulumi.all([secretArn, jsonKey ?? DUMP_DEFAULTS.passwordJsonKey]).apply(([arn, key]) => {
    const reference = parseSecretReference(arn);
    const isWholeSecret = reference?.service === "secretsmanager" && reference.arn === arn;
    return isWholeSecret && key !== "" ? secretJsonKey(arn, key) : arn;
  });
}
