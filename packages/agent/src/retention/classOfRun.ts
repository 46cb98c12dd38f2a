import {
  type AgentConfig,
  chooseRetentionClass,
  ExitCode,
  keptClasses,
  LATENESS_DAYS,
  ProblemError,
  type RetentionClass,
  RetentionEnforcer,
  retentionRules,
  type StoreLayout,
} from "@pgkeep/core";
import { type ListedRecoveryPoint, readRecoveryPoints } from "../manifest/history.js";
import { readManifest } from "../manifest/readManifest.js";
import type { Reporter } from "../reporter.js";
import type { Store } from "../store/Store.js";

const DAY = 86_400_000;

interface ClassedRun {
  config: Pick<AgentConfig, "retention" | "schedule" | "signing">;
  store: Store;
  layout: StoreLayout;
  slot: Date;
  reporter: Reporter;
}

/**
 * The class of a run where S3's lifecycle enforces retention, undefined where the agent does. It is chosen before anything is written, because S3 reads it from each
 * object's tags, so before the anomaly gate can speak: what proves suspicious keeps its class and holds it for nobody. Where it cannot be known what
 * exists, the run takes the class that lives longest, for that can only keep too much.
 */
export async function classOfRun({ config, store, layout, slot, reporter }: ClassedRun): Promise<RetentionClass | undefined> {
  if (config.retention?.enforcedBy !== RetentionEnforcer.Lifecycle) return undefined;
  const kept = keptClasses(retentionRules(config.retention));
  const listed = await listedPoints(store, layout);
  if (listed === undefined) {
    reporter.warning(
      `these credentials may not list the store, so nobody knows which classes are taken: this recovery point is ${kept.at(-1)}, which lives longest; allow s3:ListBucket`,
    );
    return kept.at(-1);
  }
  const classes = new Map<string, RetentionClass | null>();
  for (;;) {
    const points = listed.map(({ id, good, removing }) => ({ id, good: good && !removing, retentionClass: classes.get(id) }));
    const choice = chooseRetentionClass(slot, points, kept, config.schedule?.timeZone ?? "UTC");
    if (choice.kind === "chosen") return choice.retentionClass;
    classes.set(choice.id, await classOf(store, layout, choice.id, config, reporter));
  }
}

async function listedPoints(store: Store, layout: StoreLayout): Promise<ListedRecoveryPoint[] | undefined> {
  try {
    return await readRecoveryPoints(store, layout);
  } catch (error) {
    if (error instanceof ProblemError && error.exitCode === ExitCode.Permission) return undefined;
    throw error;
  }
}

/** Null where its manifest tells none, or cannot be trusted: then it holds no class, and this run takes it. */
async function classOf(
  store: Store,
  layout: StoreLayout,
  id: string,
  { signing }: ClassedRun["config"],
  reporter: Reporter,
): Promise<RetentionClass | null> {
  try {
    return (await readManifest(store, layout, id, signing?.publicKeys ?? [])).retentionClass ?? null;
  } catch (error) {
    if (!(error instanceof ProblemError) || error.exitCode === ExitCode.Unavailable) throw error;
    reporter.warning(`the class of ${id} cannot be read, so it holds none: ${error.problems[0]?.reason ?? error.message}`, { id });
    return null;
  }
}

/** The bucket's rules expire an object some days behind its manifest; S3 counts those of an upload in parts from when it began. */
export function warnOfLongRun(beganAt: Date, reporter: Reporter, now = new Date()): void {
  const days = Math.ceil((now.getTime() - beganAt.getTime()) / DAY);
  if (days <= 1) return;
  reporter.warning(
    `this run took more than ${days - 1} d, and S3 counts an object that was uploaded in parts from when its upload began: give the bucket's rules for pgkeep-part=data ${LATENESS_DAYS + days} days more than those for the manifest, else it expires before its manifest`,
  );
}
