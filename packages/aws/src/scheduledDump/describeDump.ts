import { type AgentConfigInput, counted } from "@pgkeep/core";
import type { DumpTimes } from "./dumpTimes.js";

/** What of a dump's values its description needs. */
export interface DescribedDump {
  config: AgentConfigInput;
  schedule: string;
  times: DumpTimes;
  enabled: boolean;
  deadline: string;
  /** Undefined where it signs in by IAM. */
  passwordSecretArn: string | undefined;
  signs: boolean;
  pruning: { schedule: string; times: DumpTimes } | undefined;
  /** 0 for no alarm. */
  freshnessHours: number;
  topicArn: string | undefined;
  protect: boolean;
  /** The task in words. */
  task: readonly string[];
}

/** A dump in sentences, one a line, for whoever reviews a preview. The engine cuts lines at 150 characters. */
export function describeDump(dump: DescribedDump): string {
  const { config, schedule, times, enabled, deadline } = dump;
  const zone = times.scheduleExpressionTimezone;
  return [
    `${config.cluster}: ${config.databases.join(", ")} of ${config.connection?.host ?? ""}, all at one instant`,
    `runs at ${schedule} in ${zone}${enabled ? "" : ": NO, it is turned off"}; at most ${counted(times.longestHours, "hour")} of work are lost, and one run's time`,
    `recovery points go to ${config.store.url}, ${encryption(config)}`,
    "one recovery point for each time of the schedule: an invocation that comes twice meets in it, and two runs never overlap",
    `a run ends after ${deadline} with nothing committed`,
    dump.passwordSecretArn === undefined
      ? `signs in as ${config.connection?.user ?? ""} by IAM, with a token for each connection`
      : `signs in as ${config.connection?.user ?? ""} with the password in ${dump.passwordSecretArn}`,
    dump.signs ? "manifests are signed" : "manifests are NOT signed: an edited one would not be noticed",
    ...retention(dump),
    alarm(dump),
    "an invocation that could not be made is tried again for an hour, then left in the queue for failed ones",
    ...(dump.topicArn === undefined && !dump.protect ? ["the topic is NOT protected: a destroy removes it with its subscriptions"] : []),
    ...dump.task,
    ...new Set([...times.notes, ...(dump.pruning?.times.notes ?? [])]),
  ].join("\n");
}

function encryption({ encryption: given }: AgentConfigInput): string {
  const count = given?.recipients.length ?? 0;
  if (count === 0) return "NOT encrypted by the agent: whoever reads the bucket reads the data";
  return `encrypted to ${counted(count, "age key")} before they leave the task${count === 1 ? "; name an escrow key, too" : ""}`;
}

function retention({ config, pruning }: DescribedDump): string[] {
  if (config.retention === undefined) return ["nothing says which recovery points may go, so all of them stay"];
  const rules = Object.entries(config.retention)
    .filter(([name]) => name !== "enforcedBy")
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ");
  if (config.retention.enforcedBy === "lifecycle") return [`retention: ${rules}, by the bucket's own rules`];
  if (pruning === undefined) return [`retention: ${rules}; nothing here applies it: \`pgkeep retention apply\` does`];
  const { schedule, times } = pruning;
  return [
    `retention: ${rules}`,
    `retention is applied at ${schedule} in ${times.scheduleExpressionTimezone} by a task of its own; the dump may not delete`,
  ];
}

function alarm({ freshnessHours, topicArn }: DescribedDump): string {
  const topic = topicArn ?? "a topic of its own";
  return freshnessHours === 0
    ? `told to ${topic}: a task that failed or did not start; NOT that there is no recovery point for too long`
    : `told to ${topic}: a task that failed or did not start, and no good recovery point for ${counted(freshnessHours, "hour")}`;
}
