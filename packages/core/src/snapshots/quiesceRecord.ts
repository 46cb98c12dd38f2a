import { z } from "zod";

const schema = z.object({
  /** The schedule whose run stopped the workload. */
  schedule: z.string(),
  /** The set that it was stopped for. */
  set: z.string(),
  /** UID of the Pod of that run, in the workload's namespace. Null where it is not known. */
  pod: z.string().nullable(),
  /** What it had, and gets back. */
  replicas: z.int().min(0),
  since: z.iso.datetime(),
  /** When it is brought back whatever became of the run. */
  until: z.iso.datetime(),
});

/** What stands on a workload while it is stopped for snapshots. */
export type QuiesceRecord = z.infer<typeof schema>;

export function formatQuiesceRecord(record: QuiesceRecord): string {
  return JSON.stringify(record);
}

/** Reads a record; undefined where it is none. */
export function parseQuiesceRecord(text: string): QuiesceRecord | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/**
 * Why a stopped workload is to be brought back; undefined while it belongs to a run that lives and has time left.
 * @param living UIDs of the namespace's Pods that have not ended
 */
export function whyResume({ pod, until }: QuiesceRecord, living: ReadonlySet<string>, now: Date): string | undefined {
  if (now.getTime() >= Date.parse(until)) return `it was to be stopped until ${until} at most`;
  if (pod !== null && !living.has(pod)) return "the run that stopped it is over";
  return undefined;
}
