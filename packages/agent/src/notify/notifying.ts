import type { NotifiedJob } from "@pgkeep/core";
import type { JobFacts, Notifier } from "./notifier.js";

/** Does a job and tells others of its beginning and its end. Its result, or what it throws, is its own whatever becomes of that. */
export async function notifying<Result>(
  notifier: Notifier,
  job: NotifiedJob,
  factsOf: (result: Result) => JobFacts,
  work: () => Promise<Result>,
): Promise<Result> {
  notifier.started(job);
  let result: Result;
  try {
    result = await work();
  } catch (error) {
    await notifier.failed(job, error);
    throw error;
  }
  await notifier.succeeded(job, factsOf(result));
  return result;
}
