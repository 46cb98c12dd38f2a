import {
  durationText,
  formatDuration,
  holdsDeferred,
  isDeferred,
  knownEntries,
  type PartlyKnown,
  type Problem,
  parseVolumeSnapshotConfig,
  problemsOfArguments,
  type SettingArguments,
  VOLUME_SNAPSHOT_CONFIG_VERSION,
  type VolumeSnapshotConfig,
  VolumeSnapshotMode,
  withoutAbsent,
} from "@pgkeep/core";
import type { SnapshotScheduleArgs } from "./SnapshotScheduleArgs.js";

const MINUTE = 60_000;

/** What a run needs beside waiting: for its Pod to start, for what it asks of Kubernetes, and for pruning. */
const THE_REST = 5 * MINUTE;

/** The document for the agent as the arguments say it; some values may be Outputs. */
export function snapshotTree(scheduleName: string, args: SnapshotScheduleArgs): PartlyKnown {
  const { keepFailed, expireRetained, ...rules } = args.retention ?? {};
  const others = withoutAbsent({
    version: VOLUME_SNAPSHOT_CONFIG_VERSION,
    name: scheduleName,
    namespace: args.namespace,
    mode: args.mode,
    snapshotClass: args.snapshotClassName,
    groupSnapshotClass: args.groupSnapshotClassName,
    groupApiVersion: args.groupApiVersion,
    readyWithin: args.readyWithin,
    maxSpread: args.maxSpread,
    stoppedWithin: args.stoppedWithin,
    resumeWithin: args.resumeWithin,
    timeZone: args.timeZone,
    keepFailed,
    expireRetained,
  }) as PartlyKnown;
  const policy = withoutAbsent(rules);
  // A section in which nothing is said would keep nothing, and is refused: it must not be taken for none.
  const saysNothing = args.retention !== undefined && policy === undefined && keepFailed === undefined && expireRetained === undefined;
  return {
    ...others,
    claims: args.claims,
    ...(args.selector === undefined ? {} : { selector: args.selector }),
    ...(args.workloads === undefined ? {} : { workloads: args.workloads }),
    ...(policy !== undefined ? { retention: policy } : saysNothing ? { retention: {} } : {}),
  };
}

/** Where a setting of the document stands among the arguments. */
const ARGUMENTS: SettingArguments = [
  ["name", "scheduleName"],
  ["snapshotClass", "snapshotClassName"],
  ["groupSnapshotClass", "groupSnapshotClassName"],
  ["keepFailed", "retention.keepFailed"],
  ["expireRetained", "retention.expireRetained"],
];

/** What the agent would refuse, now. Paths are those of the arguments. */
export function snapshotTreeProblems(tree: unknown): Problem[] {
  const problems = problemsOfArguments(ARGUMENTS, () => {
    parseVolumeSnapshotConfig(tree);
    return [];
  });
  return problems.map(({ next, allowed, ...problem }) => ({
    ...problem,
    // A sentence is what the document says of a setting, where nothing else is known of what it may be; an argument has its own.
    ...(allowed === undefined || allowed.endsWith(".") ? {} : { allowed }),
    ...(next === undefined ? {} : { next: next.replace(/\b(?:s|groupS)napshotClass\b/g, "$&Name") }),
  }));
}

/** What of the document can be judged before the deployment, with something harmless in place of the rest. */
export function knownSnapshotTree({
  claims,
  selector,
  workloads,
  retention,
  stoppedWithin,
  resumeWithin,
  ...others
}: PartlyKnown): unknown {
  const scalars = Object.fromEntries(Object.entries(others).filter(([, value]) => !isDeferred(value)));
  return withoutUndefined({
    namespace: "placeholder",
    ...scalars,
    claims: isDeferred(claims) ? ["placeholder"] : (knownEntries(claims) ?? ["placeholder"]),
    selector: isDeferred(selector) ? { placeholder: "" } : withStandIns(selector),
    workloads: (workloads as object[] | undefined)?.map((one, index) =>
      holdsDeferred(one) ? { kind: "Deployment", name: `placeholder-${index}` } : one,
    ),
    // Beside each other: what is not known yet must not make the other look wrong.
    stoppedWithin: isDeferred(stoppedWithin) ? "1s" : stoppedWithin,
    resumeWithin: isDeferred(resumeWithin) ? "24h" : resumeWithin,
    retention: holdsDeferred(retention) ? undefined : retention,
  });
}

function withStandIns(selector: unknown): unknown {
  if (typeof selector !== "object" || selector === null) return selector;
  return Object.fromEntries(Object.entries(selector).map(([label, value]) => [label, isDeferred(value) ? "" : (value as unknown)]));
}

function withoutUndefined(tree: PartlyKnown): PartlyKnown {
  return Object.fromEntries(Object.entries(tree).filter(([, value]) => value !== undefined));
}

/** How long one set may take at most. */
export function longestTaking({ mode, readyWithin, resumeWithin }: VolumeSnapshotConfig): number {
  return readyWithin + (mode === VolumeSnapshotMode.Quiesce ? resumeWithin : 0) + THE_REST;
}

/** What is wrong with the time that a run is given. */
export function tooShortProblem(config: VolumeSnapshotConfig, where: "schedule" | "deadline", seconds: number): Problem[] {
  const needed = longestTaking(config);
  if (seconds * 1000 >= needed) return [];
  const parts = config.mode === VolumeSnapshotMode.Quiesce ? "resumeWithin, readyWithin" : "readyWithin";
  return [
    {
      where,
      received: durationText(seconds * 1000),
      allowed: `${durationText(needed)} or more${where === "schedule" ? " between two slots" : ""}`,
      reason: `one set may take ${formatDuration(needed)} (${parts} and 5 min for the rest), and would be given up before that`,
      next: where === "schedule" ? `let it run less often, or shorten ${parts}` : `give it more, or shorten ${parts}`,
    },
  ];
}
