import { ExitCode } from "./exitCode.js";
import { MANIFEST_VERSION, type Manifest, manifestSchema } from "./manifest.js";
import { type Problem, ProblemError } from "./problem.js";
import { propertyPath } from "./propertyPath.js";
import { isRecoveryPointId } from "./recoveryPointId.js";
import { type RawDocument, upgradeDocument } from "./versionedDocument.js";

/** Steps that bring a manifest of an older version to the next one, by the version they start from. All are kept: recovery points live long. */
const UPGRADES: Readonly<Record<number, (document: RawDocument) => RawDocument>> = {};

/** A damaged manifest can be wrong in every line; the first few tell enough. */
const MOST_PROBLEMS = 10;

/**
 * Reads a manifest of this version or, upgraded step by step, of an older one. `where` names the document in errors. Throws a ProblemError:
 * Configuration for a newer version, which this release must not guess at; DataWrong for what is no manifest.
 */
export function parseManifest(value: unknown, where: string): Manifest {
  const document = upgradeDocument(value, {
    property: "formatVersion",
    current: MANIFEST_VERSION,
    upgrades: UPGRADES,
    newer: (raw, version) => ({
      where,
      received: `format version ${version}`,
      allowed: `format version ${MANIFEST_VERSION} or older`,
      reason: "the recovery point was written by a newer pgkeep, and guessing at it could lose data",
      next: `use pgkeep ${writerOf(raw) ?? "in a newer version"} or later`,
    }),
  });
  const parsed = manifestSchema.safeParse(document);
  const problems = parsed.success
    ? contradictions(parsed.data)
    : parsed.error.issues.map(({ path, message }) => ({ path: propertyPath(path, ""), reason: message }));
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new ProblemError(
    ExitCode.DataWrong,
    problems.slice(0, MOST_PROBLEMS).map(
      ({ path, reason }): Problem => ({
        where: `${where} ${path}`.trim(),
        reason: `this is not a manifest of format version ${MANIFEST_VERSION}: ${reason}`,
        next: "it was damaged or edited: use another recovery point; `pgkeep list` shows them",
      }),
    ),
  );
}

/** The version of pgkeep that wrote a document, if it looks like one: the document is not trusted yet. */
function writerOf({ agent }: RawDocument): string | undefined {
  const version = typeof agent === "object" && agent !== null && "version" in agent ? agent.version : undefined;
  return typeof version === "string" && /^[0-9A-Za-z.+-]{1,40}$/.test(version) ? version : undefined;
}

/** What no run of pgkeep writes although every property by itself is possible. */
function contradictions({ id, databases }: Manifest): { path: string; reason: string }[] {
  const names = databases.map(({ name }) => name);
  const duplicates = names.flatMap((name, index) => (names.indexOf(name) === index ? [] : [index]));
  return [
    ...(isRecoveryPointId(id) ? [] : [{ path: "id", reason: "this is not the id of a recovery point" }]),
    ...duplicates.map((index) => ({ path: `databases[${index}].name`, reason: "this database is in it twice" })),
  ];
}
