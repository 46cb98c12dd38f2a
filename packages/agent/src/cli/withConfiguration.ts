import { type AgentConfig, NotifiedJob, ProblemError, type StoreLayout, storeLayout } from "@pgkeep/core";
import { type ChosenStore, chooseStore } from "../configuration/chooseStore.js";
import type { ConfigurationPlace } from "../configuration/configurationFile.js";
import { loadConfiguration } from "../configuration/loadConfiguration.js";
import { wantsEmbeddedMetrics } from "../metrics/embeddedMetrics.js";
import { tellAges } from "../metrics/tellAges.js";
import { type JobFacts, openNotifier } from "../notify/notifier.js";
import { notifying } from "../notify/notifying.js";
import type { Reporter } from "../reporter.js";
import { openStore } from "../store/openStore.js";
import type { Store } from "../store/Store.js";
import { createReporter } from "../terminal/createReporter.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { interruption } from "./interruption.js";
import type { Surroundings } from "./Surroundings.js";

/** What every command works with. */
export interface Invocation {
  reporter: Reporter;
  signal: AbortSignal;
  json: boolean;
}

/** What a command works with once its configuration is read. */
export interface ConfiguredInvocation extends Invocation {
  config: AgentConfig;
  layout: StoreLayout;
  store: Store;
}

/**
 * Runs work that tells its progress and that can be interrupted. `interrupted` says what an interruption means for the user's data, for
 * example `nothing was committed`.
 */
export async function interruptibly<Result>(
  { environment, messages }: Surroundings,
  options: GlobalOptions,
  interrupted: string,
  work: (invocation: Invocation) => Promise<Result>,
): Promise<Result> {
  const reporter = createReporter({ stream: messages, format: options.logFormat ?? "auto", environment });
  const { signal, dispose } = interruption(interrupted, options.deadline);
  try {
    return await work({ reporter, signal, json: options.json === true });
  } catch (error) {
    // What was under way throws whatever an abort made of it: the reason says more.
    throw signal.aborted && !(error instanceof ProblemError) ? signal.reason : error;
  } finally {
    dispose();
    reporter.end();
  }
}

/** Reads the configuration, opens the store, runs the work and closes all again. */
export async function withConfiguration<Result>(
  surroundings: Surroundings,
  options: GlobalOptions,
  interrupted: string,
  work: (invocation: ConfiguredInvocation) => Promise<Result>,
): Promise<Result> {
  const config = await loadConfiguration(placeOf(surroundings, options));
  return await interruptibly(surroundings, options, interrupted, (invocation) =>
    withStore(chooseStore(config, options.copy, surroundings.environment), invocation, work),
  );
}

/** A job that others may be told of. */
interface TellOf<Result> {
  /** Undefined tells nobody, as for a dry run. */
  job: NotifiedJob | undefined;
  factsOf: (result: Result) => JobFacts;
}

/** As withConfiguration, and tells whoever is to be told of the job: that it began, and what became of it. */
export async function withNotifiedJob<Result>(
  { job, factsOf }: TellOf<Result>,
  surroundings: Surroundings,
  options: GlobalOptions,
  interrupted: string,
  work: (invocation: ConfiguredInvocation) => Promise<Result>,
): Promise<Result> {
  if (job === undefined) return await withConfiguration(surroundings, options, interrupted, work);
  const { environment, messages } = surroundings;
  const config = await loadConfiguration(placeOf(surroundings, options));
  // Of the cluster's own store alone: a copy's would be taken for it.
  const measured = wantsEmbeddedMetrics(environment) && MEASURED.includes(job) && options.copy === undefined;
  return await interruptibly(surroundings, options, interrupted, async (invocation) => {
    const { reporter, signal } = invocation;
    const notifier = await openNotifier({ config, environment, reporter, signal });
    return await notifying(notifier, job, factsOf, async () => {
      try {
        return await withStore(chooseStore(config, options.copy, environment), invocation, async (configured) => {
          try {
            return await work(configured);
          } finally {
            if (measured) await tellAges({ ...configured, messages });
          }
        });
      } catch (error) {
        throw signal.aborted && !(error instanceof ProblemError) ? signal.reason : error;
      }
    });
  });
}

/** Whatever became of these, the ages of the newest recovery points are another story afterwards. */
const MEASURED: readonly NotifiedJob[] = [NotifiedJob.Backup, NotifiedJob.Drill];

async function withStore<Result>(
  { config, environment }: ChosenStore,
  invocation: Invocation,
  work: (invocation: ConfiguredInvocation) => Promise<Result>,
): Promise<Result> {
  const store = await openStore(config.store, environment);
  try {
    return await work({ ...invocation, config, store, layout: storeLayout(config.cluster) });
  } finally {
    await store.close();
  }
}

/** Where the command was told its configuration is. */
export function placeOf({ environment, folder }: Surroundings, { config }: GlobalOptions): ConfigurationPlace {
  return { env: environment, cwd: folder, ...(config === undefined ? {} : { configPath: config }) };
}
