import {
  ExitCode,
  ProblemError,
  parseVolumeSnapshotConfig,
  VOLUME_SNAPSHOT_CONFIG_VARIABLE,
  type VolumeSnapshotConfig,
} from "@pgkeep/core";
import { readConfigurationFile } from "../configuration/configurationFile.js";
import type { Environment } from "../configuration/Environment.js";
import { parseYaml } from "../configuration/parseYaml.js";

/** Reads what a schedule of volume snapshots does: from the file of `--config`, or from PGKEEP_SNAPSHOTS_YAML. */
export async function loadSnapshotConfiguration(
  file: string | undefined,
  environment: Environment,
  folder: string,
): Promise<VolumeSnapshotConfig> {
  const inline = environment[VOLUME_SNAPSHOT_CONFIG_VARIABLE];
  if (inline && file !== undefined) {
    throw new ProblemError(ExitCode.Configuration, {
      where: `--config and ${VOLUME_SNAPSHOT_CONFIG_VARIABLE}`,
      reason: "one names a file and the other holds the document, and which one counts cannot be told",
      next: "leave one of them out",
    });
  }
  if (!inline && file === undefined) {
    throw new ProblemError(ExitCode.Configuration, {
      where: VOLUME_SNAPSHOT_CONFIG_VARIABLE,
      reason: "nothing says which volumes are meant",
      allowed: `the document in ${VOLUME_SNAPSHOT_CONFIG_VARIABLE}, as SnapshotSchedule writes it, or a file named by --config; pgkeep.yaml is another`,
      next: "run it in a Pod of the schedule, or name a file",
    });
  }
  const { text, path } = inline
    ? { text: inline, path: VOLUME_SNAPSHOT_CONFIG_VARIABLE }
    : await readConfigurationFile({ configPath: file ?? "", env: {}, cwd: folder });
  const { value, locate } = parseYaml(text, path);
  return parseVolumeSnapshotConfig(value, locate);
}
