import { randomUUID } from "node:crypto";
import { type AgentConfig, ExitCode, NotifiedEvent, type NotifiedJob, type Problem, ProblemError } from "@pgkeep/core";
import type { Environment } from "../configuration/Environment.js";
import type { Reporter } from "../reporter.js";
import { type Delivery, deliver } from "./deliver.js";
import { heartbeatPing, type Ping } from "./heartbeat.js";
import { loadNotifyTargets, type NotifyTarget, type NotifyTargets } from "./notifyTargets.js";
import { type JobFact, webhookDelivery } from "./webhook.js";

/** What a job that ended in order did. */
export interface JobFacts {
  /** What a command that did it ends with; 0 unless given. Any other is told as a failure: somebody has to look. */
  exitCode?: ExitCode;
  recoveryPoint?: string;
  /** What was done, for people, in a few words without a full stop, for example `2 databases, 12.3 MB`. */
  summary?: string;
  /** For dashboards; never a secret. */
  facts?: Record<string, JobFact>;
}

/** Tells others what becomes of jobs. What goes wrong with that is a warning and never a job's affair: nothing here throws. */
export interface Notifier {
  /** Returns at once. The end of the same job waits for it, so that the two arrive in their order. */
  started(job: NotifiedJob): void;
  succeeded(job: NotifiedJob, facts: JobFacts): Promise<void>;
  failed(job: NotifiedJob, error: unknown): Promise<void>;
}

export interface NotifierOptions {
  config: Pick<AgentConfig, "cluster" | "notify">;
  environment: Environment;
  reporter: Reporter;
  /** Once it is aborted the process is about to end, and telling others of it is kept short. */
  signal?: AbortSignal;
}

const HURRIED_MILLISECONDS = 5000;

/** A notifier for whom the environment names. With wrong addresses it warns once and tells nobody. */
export async function openNotifier(options: NotifierOptions): Promise<Notifier> {
  try {
    return new TargetNotifier(options, await loadNotifyTargets(options.environment));
  } catch (error) {
    const reason =
      error instanceof ProblemError ? error.problems.map(({ where, reason }) => `${where}: ${reason}`).join("; ") : "a defect of pgkeep";
    options.reporter.warning(`nobody is notified: ${reason}`);
    return new TargetNotifier(options, {});
  }
}

/** A job that began. */
interface Run {
  id: string;
  startedAt: Date;
  telling: Promise<unknown>;
  /** Its beginning is old news once it ended. */
  ended: AbortController;
}

function newRun(): Run {
  return { id: randomUUID(), startedAt: new Date(), telling: Promise.resolve(), ended: new AbortController() };
}

interface Ending {
  exitCode: ExitCode;
  recoveryPoint: string | null;
  summary: string;
  problems: readonly Pick<Problem, "where" | "reason">[];
  facts: Record<string, JobFact>;
}

class TargetNotifier implements Notifier {
  readonly #runs = new Map<NotifiedJob, Run>();

  constructor(
    private readonly options: NotifierOptions,
    private readonly targets: NotifyTargets,
  ) {}

  started(job: NotifiedJob): void {
    const run = newRun();
    const text = `${job} of ${this.options.config.cluster} began`;
    const nothing = { exitCode: null, recoveryPoint: null, problems: [], facts: {} };
    run.telling = this.#tell(job, run, { kind: "start" }, { event: NotifiedEvent.Started, text, ...nothing }, run.ended.signal);
    this.#runs.set(job, run);
  }

  async succeeded(job: NotifiedJob, { exitCode = ExitCode.Done, recoveryPoint, summary = "", facts = {} }: JobFacts): Promise<void> {
    await this.#end(job, { exitCode, recoveryPoint: recoveryPoint ?? null, summary, problems: [], facts });
  }

  async failed(job: NotifiedJob, error: unknown): Promise<void> {
    const { exitCode, problems } = error instanceof ProblemError ? error : DEFECT;
    const summary = problems.map(({ where, reason }) => `${where}: ${reason}`).join("; ");
    const told = problems.map(({ where, reason }) => ({ where, reason }));
    await this.#end(job, { exitCode, recoveryPoint: null, summary, problems: told, facts: {} });
  }

  async #end(job: NotifiedJob, { summary, ...ending }: Ending): Promise<void> {
    const run = this.#runs.get(job) ?? newRun();
    this.#runs.delete(job);
    run.ended.abort();
    await run.telling;
    const isDone = ending.exitCode === ExitCode.Done;
    const event = isDone ? NotifiedEvent.Succeeded : NotifiedEvent.Failed;
    const what = isDone ? "succeeded" : `ended with exit code ${ending.exitCode}`;
    const text = cut(`${job} of ${this.options.config.cluster} ${what}${summary === "" ? "" : `: ${summary}`}`);
    await this.#tell(job, run, { kind: "end", exitCode: ending.exitCode }, { event, text, ...ending });
  }

  /** Never rejects. */
  async #tell(
    job: NotifiedJob,
    run: Run,
    ping: Ping,
    told: Omit<Parameters<typeof webhookDelivery>[1], "job" | "run" | "cluster" | "startedAt" | "test">,
    signal?: AbortSignal,
  ): Promise<void> {
    const { cluster, notify } = this.options.config;
    const { heartbeat, webhook } = this.targets;
    const telling: Promise<void>[] = [];
    if (heartbeat && notify.heartbeat.jobs.includes(job)) {
      const delivery = heartbeatPing(heartbeat.url, notify.heartbeat.form, ping, run.id, told.text);
      if (delivery) telling.push(this.#send("heartbeat", heartbeat, delivery, signal));
    }
    if (webhook && notify.webhook.jobs.includes(job) && notify.webhook.events.includes(told.event)) {
      const delivery = webhookDelivery(webhook, { ...told, test: false, job, run: run.id, cluster, startedAt: run.startedAt });
      telling.push(this.#send("webhook", webhook, delivery, signal));
    }
    await Promise.all(telling);
  }

  async #send(name: string, target: NotifyTarget, delivery: Delivery, signal?: AbortSignal): Promise<void> {
    const { config, reporter, signal: interruption } = this.options;
    const { timeout } = config.notify;
    const limit = interruption?.aborted ? Math.min(timeout, HURRIED_MILLISECONDS) : timeout;
    const answer = await deliver(delivery, { timeout: limit, ...(signal ? { signal } : {}) });
    if (!answer.delivered) reporter.warning(`the ${name} at ${target.url.host} was not told: ${answer.reason}`);
  }
}

/** What an error of ours says may hold anything, and this goes to others: the log has it. */
const DEFECT = { exitCode: ExitCode.Defect, problems: [{ where: "pgkeep", reason: "a defect of pgkeep, which its log describes" }] };

/** Whoever shows it to people has little room; Healthchecks keeps the first 100 kB. */
function cut(text: string): string {
  return text.length > 1000 ? `${text.slice(0, 999)}…` : text;
}
