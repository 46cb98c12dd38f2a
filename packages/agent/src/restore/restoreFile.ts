import { type DatabaseProperties, ExitCode, ProblemError } from "@pgkeep/core";
import { readDatabaseProperties } from "../postgresql/databaseProperties.js";
import { findPrograms, type PostgresPrograms } from "../postgresql/programs.js";
import { assertWholeTar } from "./assertWholeTar.js";
import { type DumpFile, openDumpFile } from "./dumpFile.js";
import { inspectScript } from "./inspectScript.js";
import { knowsRestrict } from "./loadScript.js";
import type { Target } from "./openTarget.js";
import type { Restorable } from "./prepareRestore.js";
import type { RestoreFileOptions } from "./RestoreOptions.js";
import type { RestoreResult } from "./RestoreResult.js";
import { allProblems } from "./restoreExit.js";
import { restore } from "./runRestore.js";
import { scriptOfArchive } from "./scriptOfArchive.js";

/**
 * Restores a dump that somebody made somehow, with the guards of a recovery point: read to its end first, loaded into a scratch database,
 * swapped in one transaction. Nothing about its contents is proven, and the result says so.
 */
export async function restoreFile(options: RestoreFileOptions): Promise<RestoreResult> {
  const { reporter } = options;
  const file = await openDumpFile(options.file, options.identities ?? []);
  const packed = file.layers.length > 0 ? ` in ${file.layers.toReversed().join(" in ")}` : "";
  reporter.info(`${options.file} is ${file.kind === "SQL script" ? "an" : "a"} ${file.kind}${packed}`);
  const { source, programs, notices } = await sourceOf(file, options);
  const result = await restore(options, {
    restorables: [
      {
        name: options.database,
        record: null,
        monetaryLocale: null,
        properties: (target) => propertiesAtTarget(target, options.database),
        source,
      },
    ],
    databases: undefined,
    tables: undefined,
    inPlaceClean: false,
    readFirst: "archive" in source,
    globals: null,
    verifiers: new Map(),
    recoveryPoint: null,
    file: options.file,
    ...(programs ? { programs } : {}),
  });
  result.notices.unshift(
    `nothing is proven about ${options.file}: who made it, of which instant, and whether it was whole, nobody recorded`,
    ...notices,
  );
  return result;
}

interface FileSource {
  source: Restorable["source"];
  programs?: PostgresPrograms;
  notices: string[];
}

async function sourceOf(file: DumpFile, options: RestoreFileOptions): Promise<FileSource> {
  if (file.kind === "custom archive") {
    const bytes = file.layers.length === 0 ? file.bytes : null;
    return {
      source: {
        archive: { description: options.file, bytes, record: null, ignoreTrailing: true, open: () => Promise.resolve(file.open()) },
      },
      notices: [],
    };
  }
  // Any version may have made a tar or directory archive, and only pg_restore can tell: the newest reads the most.
  const folder = options.programs === undefined ? {} : { folder: options.programs };
  const programs = file.kind === "SQL script" ? undefined : await findPrograms(["pg_restore", "psql", "pg_dump"], folder);
  if (file.kind === "SQL script" && options.schemaOnly) {
    throw new ProblemError(ExitCode.Usage, {
      where: "--schema-only",
      received: options.file,
      allowed: "an archive of pg_dump",
      reason: "the rows cannot be left out of an SQL script: any statement may be about both",
      next: "dump again with pg_dump --schema-only",
    });
  }
  const flags = [
    ...(options.noOwner ? ["--no-owner"] : []),
    ...(options.noAcl ? ["--no-privileges"] : []),
    ...(options.schemaOnly ? ["--schema-only"] : []),
  ];
  const open = (onBytes?: (bytes: number) => void) => (programs ? scriptOfArchive(file, programs, flags, onBytes) : file.open(onBytes));
  options.reporter.info(`reading ${options.file} to its end before anything is touched`);
  if (file.kind === "tar archive") await assertWholeTar(file);
  const inspection = await inspectScript(
    open((bytes) => options.reporter.progress(`reading ${options.file}`, bytes, file.bytes ?? undefined)),
    options.file,
  );
  const problem = allProblems(inspection.problems);
  if (problem) throw problem;
  const { byPgDump, roles, extensions } = inspection;
  const psql = programs ?? (await findPrograms(["psql"], folder));
  return {
    source: { script: { description: options.file, bytes: file.bytes, byPgDump, roles, extensions, open } },
    ...(programs ? { programs } : {}),
    notices: knowsRestrict(psql.versionText)
      ? []
      : [`psql ${psql.versionText} cannot be told to refuse commands in a script; none was found in this one`],
  };
}

/** As the database it replaces; a new one as the server makes them, owned by who restores. */
async function propertiesAtTarget({ session, facts }: Target, database: string): Promise<DatabaseProperties> {
  if (facts.databases.some(({ name }) => name === database)) return await readDatabaseProperties(session, database);
  const template = await readDatabaseProperties(session, "template0");
  return {
    ...template,
    owner: facts.role.name,
    tablespace: "pg_default",
    connectionLimit: -1,
    isTemplate: false,
    comment: null,
    acl: null,
    settings: [],
  };
}
