import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ScheduledJob } from "@pgkeep/core";
import type { LoadedConfiguration } from "../../configuration/loadConfiguration.js";
import { configuredSchedules } from "../configuredTasks.js";
import type { Installation } from "./InstalledJob.js";

const COMMANDS: Partial<Record<ScheduledJob, readonly string[]>> = {
  backup: ["backup"],
  drill: ["drill", "latest"],
  retention: ["retention", "apply", "--yes"],
};

const PROGRAM = fileURLToPath(new URL("../../../bin/pgkeep.js", import.meta.url));

/** What is to be installed for a configuration: each scheduled job as a command of this very program and this very Node. */
export function installationOf({ path, config }: LoadedConfiguration): Installation {
  const jobs = configuredSchedules(config).map(({ job, schedule }) => ({
    job,
    schedule,
    command: [process.execPath, PROGRAM, "--config", path, ...(COMMANDS[job] ?? [])],
  }));
  const folders = [folderOf(config.store.url), config.drill.workFolder].filter((folder) => folder !== undefined);
  return {
    cluster: config.cluster,
    configPath: path,
    environmentFile: join(dirname(path), "pgkeep.env"),
    jobs,
    // A folder that is yet to be made needs the one that it is made in.
    writableFolders: [...new Set(folders.map((folder) => (existsSync(folder) ? folder : dirname(folder))))],
  };
}

function folderOf(url: string): string | undefined {
  return url.startsWith("file:") ? fileURLToPath(url).replace(/(?<=.)\/+$/, "") : undefined;
}
