import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type AgentConfig, ExitCode, ProblemError, type ScheduledJob } from "@pgkeep/core";
import type { LoadedConfiguration } from "../../configuration/loadConfiguration.js";
import { configuredSchedules, prunedPlaces } from "../configuredSchedules.js";
import type { Installation } from "./InstalledJob.js";

const PROGRAM = fileURLToPath(new URL("../../../bin/pgkeep.js", import.meta.url));

/** What is to be installed for a configuration: each scheduled job as a command of this very program and this very Node. */
export function installationOf({ path, isFile, config }: LoadedConfiguration): Installation {
  if (!isFile) {
    throw new ProblemError(ExitCode.Configuration, {
      where: path,
      reason: "what is installed runs without this variable, so it needs a configuration in a file",
      next: "write it into a file (`pgkeep config print > pgkeep.yaml`), and name that with --config",
    });
  }
  const jobs = configuredSchedules(config).flatMap(({ job, schedule }) =>
    Object.entries(commandsOf(config)[job]).map(([name, words]) => ({
      name,
      schedule,
      command: [process.execPath, PROGRAM, "--config", path, ...words],
    })),
  );
  const stores = [config.store, ...(config.copies ?? []).map(({ store }) => store)];
  const folders = [...stores.map(({ url }) => folderOf(url)), config.drill.workFolder].filter((folder) => folder !== undefined);
  return {
    cluster: config.cluster,
    configPath: path,
    environmentFile: join(dirname(path), "pgkeep.env"),
    jobs,
    // A folder that is yet to be made needs the one that it is made in.
    writableFolders: [...new Set(folders.map((folder) => (existsSync(folder) ? folder : dirname(folder))))],
  };
}

/** The commands of each job, by the name of what is installed for them. */
function commandsOf(config: AgentConfig): Record<ScheduledJob, Record<string, string[]>> {
  const retention = prunedPlaces(config).map((copy): [string, string[]] =>
    copy === undefined
      ? ["retention", ["retention", "apply", "--yes"]]
      : [`retention-${copy}`, ["retention", "apply", "--yes", "--copy", copy]],
  );
  const copies = (config.copies ?? []).map(({ name }): [string, string[]] => [`copy-${name}`, ["copy", "--all", "--to", name]]);
  return {
    backup: { backup: ["backup"] },
    drill: { drill: ["drill", "latest"] },
    retention: Object.fromEntries(retention),
    copy: Object.fromEntries(copies),
  };
}

function folderOf(url: string): string | undefined {
  return url.startsWith("file:") ? fileURLToPath(url).replace(/(?<=.)\/+$/, "") : undefined;
}
