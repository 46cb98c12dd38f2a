import { randomUUID } from "node:crypto";
import { ExitCode, NotifiedEvent, NotifiedJob, ProblemError } from "@pgkeep/core";
import { type Delivery, deliver } from "../notify/deliver.js";
import { heartbeatPing } from "../notify/heartbeat.js";
import { loadNotifyTargets, type NotifyTarget } from "../notify/notifyTargets.js";
import { webhookDelivery } from "../notify/webhook.js";
import { type Diagnosis, diagnose, notExamined } from "./Diagnosis.js";
import type { Examination } from "./Examination.js";

/** Sends a test of each kind of notification there is, and tells the answers. None of them says that anything happened. */
export async function checkNotifications(examination: Examination): Promise<Diagnosis[]> {
  let targets: { heartbeat?: NotifyTarget; webhook?: NotifyTarget } = {};
  const addresses = await diagnose("notifications", async () => {
    targets = await loadNotifyTargets(examination.environment);
    return [];
  });
  if (addresses.problems.length > 0) return [addresses];
  const { heartbeat, webhook } = targets;
  if (!heartbeat && !webhook) return [notExamined("notifications", "neither PGKEEP_HEARTBEAT_URL nor PGKEEP_WEBHOOK_URL is set")];
  return [
    ...(heartbeat ? [await checkHeartbeat(examination, heartbeat)] : []),
    ...(webhook ? [await checkWebhook(examination, webhook)] : []),
  ];
}

function checkHeartbeat(examination: Examination, { url }: NotifyTarget): Diagnosis | Promise<Diagnosis> {
  const { cluster, notify } = examination.config;
  const { form, jobs } = notify.heartbeat;
  const name = `heartbeat at ${url.host}`;
  const ping = heartbeatPing(url, form, { kind: "log" }, randomUUID(), `pgkeep doctor of ${cluster}: a test, nothing happened`);
  if (!ping) return notExamined(name, "a plain heartbeat knows one ping only, and to send it would say that a backup succeeded");
  return diagnose(name, async () => [
    `${await send(examination, ping, url)} to an entry in its log, which changes no state; pinged by ${jobs.join(", ")}${unencrypted(url)}`,
  ]);
}

function checkWebhook(examination: Examination, target: NotifyTarget): Promise<Diagnosis> {
  const { cluster, notify } = examination.config;
  const { jobs, events } = notify.webhook;
  return diagnose(`webhook at ${target.url.host}`, async () => {
    const answers: string[] = [];
    for (const event of events) {
      const delivery = webhookDelivery(target, {
        event,
        test: true,
        job: jobs[0] ?? NotifiedJob.Backup,
        run: randomUUID(),
        cluster,
        startedAt: new Date(),
        exitCode: { [NotifiedEvent.Started]: null, [NotifiedEvent.Succeeded]: ExitCode.Done, [NotifiedEvent.Failed]: ExitCode.Unavailable }[
          event
        ],
        recoveryPoint: null,
        text: `pgkeep doctor of ${cluster}: a test of ${event}, nothing happened`,
        problems: [],
        facts: {},
      });
      answers.push(`${await send(examination, delivery, target.url)} to a test of ${event}`);
    }
    const token = target.token === undefined ? "without a token" : "with a token";
    return [`${answers.join(", ")}; told of ${jobs.join(", ")}, ${token}${unencrypted(target.url)}`];
  });
}

async function send({ config, signal }: Examination, delivery: Delivery, { host }: URL): Promise<string> {
  const answer = await deliver(delivery, { timeout: config.notify.timeout, signal });
  if (answer.delivered) return `it answered ${answer.status}`;
  throw new ProblemError(ExitCode.Unavailable, {
    where: host,
    reason: `the test was not taken: ${answer.reason}`,
    next: "correct the address or the token, or see that it can be reached from here; backups go on meanwhile",
  });
}

function unencrypted({ protocol }: URL): string {
  return protocol === "http:" ? "; it is not encrypted on the way, so whoever listens learns the address" : "";
}
