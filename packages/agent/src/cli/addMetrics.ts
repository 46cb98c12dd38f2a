import { once } from "node:events";
import { resolve } from "node:path";
import { ExitCode, ProblemError, parseDuration } from "@pgkeep/core";
import { InvalidArgumentError } from "commander";
import { alertRules } from "../metrics/alertRules.js";
import { renderMetrics } from "../metrics/renderMetrics.js";
import { type ListenAddress, parseListenAddress, serveMetrics } from "../metrics/serveMetrics.js";
import { DEFAULT_REFRESH_MILLISECONDS, storeMetrics } from "../metrics/storeMetrics.js";
import { writeWhole } from "../report/writeWhole.js";
import { readStatus } from "../status/readStatus.js";
import type { AddCommand } from "./commandLine.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { type ConfiguredInvocation, withConfiguration } from "./withConfiguration.js";

interface MetricsCommandOptions extends GlobalOptions {
  textfile?: string;
  listen?: ListenAddress;
  refresh: number;
  rules?: boolean;
}

export const addMetrics: AddCommand = (program, surroundings, finish) => {
  program
    .command("metrics")
    .description("Tell how the recovery points stand to Prometheus: as text, as a file for node_exporter, or as an endpoint.")
    .option("--textfile <file>", "write them into this file, whole or not at all, for node_exporter's textfile collector")
    .option("--listen <address:port>", "answer /metrics there until ended, for example 127.0.0.1:9187", listenAddress)
    .option(
      "--refresh <duration>",
      "with --listen: how long an answer is given again before the store is asked (default: 5m)",
      duration,
      DEFAULT_REFRESH_MILLISECONDS,
    )
    .option("--rules", "print alert rules for Prometheus instead, as YAML; reads nothing")
    .addHelpText("after", HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as MetricsCommandOptions;
      assertOne(options);
      if (options.rules) printResult(surroundings, options.json === true, { rules: alertRules() }, alertRules);
      else {
        await withConfiguration(surroundings, options, "nothing was changed", async (invocation) => {
          const { config, store, layout, json } = invocation;
          if (options.listen) return await listen(invocation, options.listen, options.refresh);
          const text = await renderMetrics(config.cluster, await readStatus({ config, store, layout }), true);
          if (options.textfile === undefined) printResult(surroundings, json, { metrics: text }, () => text);
          else {
            const file = resolve(surroundings.folder, options.textfile);
            await writeWhole(file, text, 0o644);
            printResult(surroundings, json, { file }, () => `Metrics are in ${file}.`);
          }
        });
      }
      finish(ExitCode.Done);
    });
};

/** Until a signal ends it, which is its ordinary end. */
async function listen(
  { config, store, layout, reporter, signal }: ConfiguredInvocation,
  address: ListenAddress,
  refresh: number,
): Promise<void> {
  const source = storeMetrics({ config, store, layout, reporter, refresh });
  const server = await serveMetrics(source, address);
  try {
    reporter.info(`metrics of ${config.cluster} at ${server.url}`, { url: server.url });
    if (!signal.aborted) await once(signal, "abort");
  } finally {
    await server.close();
  }
}

function assertOne({ textfile, listen, rules }: MetricsCommandOptions): void {
  const given = Object.entries({ "--textfile": textfile, "--listen": listen, "--rules": rules }).filter(([, value]) => value !== undefined);
  if (given.length < 2) return;
  throw new ProblemError(ExitCode.Usage, {
    where: given.map(([name]) => name).join(" and "),
    reason: "each of them alone decides where the metrics go",
    next: "give one of them, and run pgkeep once for each",
  });
}

function listenAddress(text: string): ListenAddress {
  const address = parseListenAddress(text);
  if (!address) throw new InvalidArgumentError("write an address and a port, for example 127.0.0.1:9187 or [::1]:9187");
  return address;
}

function duration(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

const HELP = `
Alert on the age of the newest good recovery point and of the last proof, not on the status of a job: --rules prints rules that do. Ages are held against
objectives.rpo and objectives.provenWithin, which are among the metrics. The exit code is 0 whatever the metrics say; pgkeep status is for that.

Example:
  $ pgkeep metrics --textfile /var/lib/prometheus/node-exporter/pgkeep.prom
  $ pgkeep metrics --listen 127.0.0.1:9187
  $ pgkeep metrics --rules > /etc/prometheus/rules.d/pgkeep.yaml`;
