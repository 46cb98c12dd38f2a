import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { ExitCode, NotifiedEvent, NotifiedJob, Problem } from "@pgkeep/core";
import { agentVersion } from "../version.js";
import type { Delivery } from "./deliver.js";
import type { NotifyTarget } from "./notifyTargets.js";

/** Version of the document that a webhook gets. Properties may be added to a version; none is taken away or changes its meaning. */
const WEBHOOK_VERSION = 1;

/** A number, a text or a truth about a job, for dashboards. */
export type JobFact = string | number | boolean | null;

/** What a webhook is told, before it is sent. */
export interface WebhookEvent {
  event: NotifiedEvent;
  /** True for what `pgkeep doctor --notify` sends: nothing happened. */
  test: boolean;
  job: NotifiedJob;
  /** Ties the events of one run together, and to the heartbeat's `rid`. */
  run: string;
  cluster: string;
  startedAt: Date;
  /** Null while it runs. */
  exitCode: ExitCode | null;
  recoveryPoint: string | null;
  /** One sentence for people. */
  text: string;
  problems: readonly Pick<Problem, "where" | "reason">[];
  facts: Readonly<Record<string, JobFact>>;
}

/** The request that tells a webhook of an event. Each has an id, by which a receiver knows one that came twice. */
export function webhookDelivery({ url, token }: NotifyTarget, { startedAt, ...event }: WebhookEvent): Delivery {
  const now = new Date();
  const document = {
    version: WEBHOOK_VERSION,
    id: randomUUID(),
    ...event,
    at: now.toISOString(),
    startedAt: startedAt.toISOString(),
    milliseconds: event.exitCode === null ? null : now.getTime() - startedAt.getTime(),
    agent: { version: agentVersion, host: hostname() },
  };
  return {
    method: "POST",
    url,
    headers: {
      "content-type": "application/json",
      "user-agent": `pgkeep/${agentVersion}`,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(document),
  };
}
