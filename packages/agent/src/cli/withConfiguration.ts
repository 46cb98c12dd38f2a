import { type AgentConfig, type StoreLayout, storeLayout } from "@pgkeep/core";
import { loadConfiguration } from "../configuration/loadConfiguration.js";
import type { Reporter } from "../reporter.js";
import { openStore } from "../store/openStore.js";
import type { Store } from "../store/Store.js";
import { createReporter } from "../terminal/createReporter.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { interruption } from "./interruption.js";
import type { Surroundings } from "./Surroundings.js";

/** What a command works with once its configuration is read. */
export interface Invocation {
  config: AgentConfig;
  layout: StoreLayout;
  store: Store;
  reporter: Reporter;
  signal: AbortSignal;
  json: boolean;
}

/**
 * Reads the configuration, opens the store, runs the work and closes all again. `interrupted` says what an interruption means for the user's
 * data, for example `nothing was committed`.
 */
export async function withConfiguration<Result>(
  surroundings: Surroundings,
  options: GlobalOptions,
  interrupted: string,
  work: (invocation: Invocation) => Promise<Result>,
): Promise<Result> {
  const { environment, folder, messages } = surroundings;
  const config = await loadConfiguration({
    env: environment,
    cwd: folder,
    ...(options.config === undefined ? {} : { configPath: options.config }),
  });
  const reporter = createReporter({ stream: messages, format: options.logFormat ?? "auto", environment });
  const interrupts = interruption(interrupted);
  try {
    const store = await openStore(config.store, environment);
    try {
      const json = options.json === true;
      return await work({ config, layout: storeLayout(config.cluster), store, reporter, signal: interrupts.signal, json });
    } finally {
      await store.close();
    }
  } finally {
    interrupts.dispose();
    reporter.end();
  }
}
