import type { RetentionPlan } from "@pgkeep/core";
import type { RetentionSurvey } from "./RetentionSurvey.js";

/** A survey as `pgkeep retention plan --json` prints it. */
export interface RetentionDocument {
  cluster: string;
  store: string;
  plan: RetentionPlan;
  /** Bytes of everything that the attempts at each recovery point wrote. */
  bytes: Record<string, number>;
  leftovers: { id: string; attempt: string; objects: number; bytes: number; aliveUntil: Date }[];
  /** Recovery points whose removal was interrupted behind the manifest. */
  unfinished: string[];
  hidden: string[] | null;
}

export function retentionDocument(cluster: string, store: string, survey: RetentionSurvey): RetentionDocument {
  const { plan, bytes, leftovers, unfinished, hidden } = survey;
  return {
    cluster,
    store,
    plan,
    bytes: Object.fromEntries([...plan.keep, ...plan.remove].map(({ id }) => [id, bytes.get(id) ?? 0])),
    leftovers: leftovers.map(({ id, attempt, keys, bytes, aliveUntil }) => ({ id, attempt, objects: keys.length, bytes, aliveUntil })),
    unfinished: unfinished.map(({ id }) => id),
    hidden,
  };
}
