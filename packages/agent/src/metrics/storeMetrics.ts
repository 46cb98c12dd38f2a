import type { AgentConfig, StoreLayout } from "@pgkeep/core";
import type { Reporter } from "../reporter.js";
import { readStatus } from "../status/readStatus.js";
import type { Store } from "../store/Store.js";
import { MetricsSource } from "./MetricsSource.js";

/** The store is asked no more often than this unless somebody wants it. */
export const DEFAULT_REFRESH_MILLISECONDS = 5 * 60_000;

export interface StoreMetricsOptions {
  config: AgentConfig;
  store: Store;
  layout: StoreLayout;
  reporter: Reporter;
  /** In milliseconds; five minutes unless given. */
  refresh?: number;
}

/** The metrics of a cluster's recovery points, as often as somebody asks for them. */
export function storeMetrics({
  config,
  store,
  layout,
  reporter,
  refresh = DEFAULT_REFRESH_MILLISECONDS,
}: StoreMetricsOptions): MetricsSource {
  return new MetricsSource({
    cluster: config.cluster,
    read: () => readStatus({ config, store, layout }),
    refresh,
    failed: (error) =>
      reporter.warning(`the store could not be read for the metrics: ${error instanceof Error ? error.message : String(error)}`),
  });
}
