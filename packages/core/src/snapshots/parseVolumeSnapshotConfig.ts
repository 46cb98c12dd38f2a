import { z } from "zod";
import { configurationProblems, misplacedKeys } from "../configurationProblems.js";
import type { SchemaNode } from "../configurationSchema.js";
import { ExitCode } from "../exitCode.js";
import { ProblemError } from "../problem.js";
import { propertyPath } from "../propertyPath.js";
import { upgradeDocument } from "../versionedDocument.js";
import { VOLUME_SNAPSHOT_CONFIG_VERSION, type VolumeSnapshotConfig, volumeSnapshotConfigSchema } from "./volumeSnapshotConfig.js";

/**
 * Reads what a schedule of volume snapshots does, and fills in the defaults. Throws one ProblemError (Configuration) that holds everything that is
 * wrong, each with its path. `locate` may add where a path stands in a file.
 */
export function parseVolumeSnapshotConfig(
  value: unknown,
  locate: (path: readonly PropertyKey[]) => string | undefined = () => undefined,
): VolumeSnapshotConfig {
  const document = upgradeDocument(value, {
    property: "version",
    current: VOLUME_SNAPSHOT_CONFIG_VERSION,
    upgrades: {},
    newer: (_document, version) => ({
      where: "version",
      received: String(version),
      allowed: String(VOLUME_SNAPSHOT_CONFIG_VERSION),
      reason: "this configuration was written for a newer pgkeep, and this one could misread it",
      next: "use the pgkeep that it was written for: component and image are of one version",
    }),
  });
  const misplaced = misplacedKeys(document);
  const parsed = volumeSnapshotConfigSchema.safeParse(document);
  if (parsed.success && misplaced.length === 0) return parsed.data;
  const schema = z.toJSONSchema(volumeSnapshotConfigSchema, { io: "input" }) as SchemaNode;
  const problems = [...misplaced, ...configurationProblems(parsed.error?.issues ?? [], document, misplaced, schema)];
  throw new ProblemError(
    ExitCode.Configuration,
    problems.map(({ path, ...problem }) => {
      const place = locate(path);
      return { ...problem, where: `${propertyPath(path)}${place === undefined ? "" : ` (${place})`}` };
    }),
  );
}
