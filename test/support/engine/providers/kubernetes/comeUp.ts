import { setTimeout as sleep } from "node:timers/promises";
import { InitializationFailure } from "../InitializationFailure.js";
import type { Existing } from "../ResourceKind.js";
import type { PlainProperties, PlainValue } from "../wireValues.js";
import type { ApiServer } from "./ApiServer.js";
import { mapOf } from "./mapOf.js";
import { nameOf } from "./serverSideApply.js";

/** As the official provider puts it, in Create and Update of provider/pkg/provider/provider.go in v4 of github.com/pulumi/pulumi-kubernetes. */
export const AFTER_CREATE =
  "resource % was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live";
export const AFTER_UPDATE = 'the Kubernetes API server reported that "%" failed to fully initialize or become live';

/** DefaultJobTimeoutMins in provider/pkg/await/job.go. */
const USUAL_TIMEOUT_SECONDS = 600;

/** The only ones that collectJobConditionErrors in provider/pkg/await/checker/job/check.go takes for an error. Any other failure is waited for to the end. */
const FAILURES = ["BackoffLimitExceeded", "DeadlineExceeded"];

/**
 * Waits for a Job as jobInitAwaiter does in provider/pkg/await/job.go, and for nothing else. There each event of the Job or its Pods begins the time anew; here it
 * is counted from the beginning.
 */
export async function comeUp(server: ApiServer, existing: Existing, timeoutSeconds: number | undefined, what: string): Promise<Existing> {
  const object = nameOf(existing.outputs);
  const { annotations } = mapOf(existing.outputs.metadata);
  if (object.kind !== "Job" || mapOf(annotations)["pulumi.com/skipAwait"] === "true") return existing;
  const end = Date.now() + (timeoutSeconds || USUAL_TIMEOUT_SECONDS) * 1000;
  for (;;) {
    const live = await server.read(object);
    if (live === undefined) throw new Error(`${object.name} is gone`);
    const now = { ...existing, outputs: { ...existing.outputs, ...live } };
    const conditions = listOf(mapOf(live.status).conditions).filter(({ status }) => status === "True");
    if (conditions.some(({ type }) => type === "Complete")) return now;
    const failed = conditions.find(({ type, reason }) => type === "Failed" && FAILURES.includes(String(reason)));
    if (failed !== undefined || Date.now() > end) {
      const reason =
        failed === undefined
          ? `'${object.name}' timed out waiting to be Ready`
          : `Resource '${object.name}' was created but failed to initialize`;
      const place = `${object.namespace ?? "default"}/${object.name}`;
      throw new InitializationFailure(now, [
        `${what.replace("%", () => place)}: ${reason}`,
        ...(failed === undefined ? [] : [`[${String(failed.reason)}] ${String(failed.message)}`]),
        ...(await podMessages(server, object.namespace, object.name)),
      ]);
    }
    await sleep(250);
  }
}

/** What is told of Pods that are not ready: podReady in provider/pkg/await/checker/pod/check.go. */
async function podMessages(server: ApiServer, namespace: string | undefined, job: string): Promise<string[]> {
  const pods = await server.list({ apiVersion: "v1", kind: "Pod", namespace }, `batch.kubernetes.io/job-name=${job}`);
  return pods.flatMap(({ metadata, status }) => {
    const ready = listOf(mapOf(status).conditions).find(({ type }) => type === "Ready");
    if (ready === undefined || ready.status === "True" || mapOf(status).phase === "Succeeded") return [];
    const errors = listOf(mapOf(status).containerStatuses).flatMap(({ name, state }) => {
      const { reason, message, exitCode } = mapOf(mapOf(state).terminated);
      if (reason === undefined) return [];
      return [
        message === undefined
          ? `container "${String(name)}" completed with exit code ${String(exitCode)}`
          : `[${String(reason)}] ${String(message)}`,
      ];
    });
    const { name } = mapOf(metadata);
    const place = namespace === undefined || namespace === "default" ? String(name) : `${namespace}/${String(name)}`;
    const told = ready.reason === undefined || ready.message === undefined ? "" : String(ready.message);
    return told === "" && errors.length === 0 ? [] : [`[Pod ${place}]: ${told}${errors.join("\n")}`];
  });
}

function listOf(value: PlainValue | undefined): PlainProperties[] {
  return Array.isArray(value) ? value.map(mapOf) : [];
}
