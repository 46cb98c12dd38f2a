import { setTimeout as sleep } from "node:timers/promises";
import type { StatusReport } from "../status/StatusReport.js";
import { METRICS_TYPE, renderMetrics } from "./renderMetrics.js";

export interface MetricsSourceOptions {
  cluster: string;
  /** Reads the store. */
  read: () => Promise<StatusReport>;
  /** How long what was read is told again before the store is asked once more, in milliseconds: every scrape would cost its requests. */
  refresh: number;
  /** Told when the store could not be read. */
  failed: (error: unknown) => void;
}

/** A store that is away is asked again after this time, if not sooner. */
const AGAIN_MILLISECONDS = 30_000;
/** Prometheus gives up after 10 seconds: by then it has what was read before. */
const PATIENCE_MILLISECONDS = 8000;

/** Metrics for whoever scrapes. The store is read once at a time, and once in `refresh`; while it cannot be read, pgkeep_up is 0. */
export class MetricsSource {
  readonly contentType = METRICS_TYPE;
  #status: StatusReport | undefined;
  #readable = false;
  #dueAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(private readonly options: MetricsSourceOptions) {}

  /** Never rejects for the store's sake. */
  async text(): Promise<string> {
    if (performance.now() >= this.#dueAt) this.#reading ??= this.#read();
    if (this.#reading) await Promise.race([this.#reading, sleep(PATIENCE_MILLISECONDS, undefined, { ref: false })]);
    return await renderMetrics(this.options.cluster, this.#status, this.#readable);
  }

  async #read(): Promise<void> {
    const { read, refresh, failed } = this.options;
    try {
      this.#status = await read();
      this.#readable = true;
      this.#dueAt = performance.now() + refresh;
    } catch (error) {
      this.#readable = false;
      this.#dueAt = performance.now() + Math.min(refresh, AGAIN_MILLISECONDS);
      failed(error);
    } finally {
      this.#reading = undefined;
    }
  }
}
