import { tmpdir } from "node:os";
import { type Connection, ExitCode, type ExtensionRecord, ProblemError } from "@pgkeep/core";
import { loadConnection } from "../configuration/loadConnection.js";
import { startScratchServer } from "../drill/scratchServer.js";
import { nearestPrograms } from "../postgresql/nearestPrograms.js";
import { readServer } from "../postgresql/server.js";
import { openSession } from "../postgresql/session.js";
import { type Diagnosis, diagnoseAbility } from "./Diagnosis.js";
import type { Examination, ExaminedServer } from "./Examination.js";

/** That recovery points can be drilled here: a scratch server is started for real and asked for the extensions, or the given one is. */
export function checkDrill(
  examination: Examination,
  { server }: ExaminedServer,
  extensions: readonly ExtensionRecord[],
): Promise<Diagnosis> {
  const { config, environment } = examination;
  return diagnoseAbility("drill", async () => {
    if (config.drill.connection) {
      const connection = await loadConnection(config.drill.connection, environment, "drill.connection");
      return [`on the given server, ${await assertUsable(connection, server.major, extensions)}`];
    }
    const programs = await nearestPrograms(["initdb", "postgres"], server.major, config.drill.programs);
    await nearestPrograms(["pg_dump", "pg_restore", "psql"], programs.version, config.dump.programs);
    const scratch = await startScratchServer(programs, "postgres", examination.reporter, config.drill.workFolder ?? tmpdir());
    try {
      const found = await assertUsable(scratch.connection, server.major, extensions);
      const isolation = scratch.isolated ? "cut off from every network" : "listening nowhere, but not cut off from the network";
      const other =
        programs.version === server.major
          ? ""
          : `; PostgreSQL ${server.major} is not installed here, so definitions may be spelled differently`;
      return [`on a scratch server of its own, ${found}, ${isolation}${other}`];
    } finally {
      await scratch.stop();
    }
  });
}

async function assertUsable(connection: Connection, major: number, extensions: readonly ExtensionRecord[]): Promise<string> {
  const session = await openSession(connection, connection.maintenanceDatabase);
  try {
    const server = await readServer(session);
    if (server.major < major) {
      throw new ProblemError(ExitCode.CouldNotVerify, {
        where: "drill.connection",
        received: `PostgreSQL ${server.version}`,
        allowed: `PostgreSQL ${major} or newer`,
        reason: "a dump cannot be restored into an older server than it was taken from",
        next: "name a newer server, or remove drill.connection",
      });
    }
    const available = await session.query<{ name: string }>("SELECT name::text FROM pg_catalog.pg_available_extensions");
    const wanted = [...new Set(extensions.map(({ name }) => name))];
    const missing = wanted.filter((name) => !available.some((one) => one.name === name));
    if (missing.length === 0) return `PostgreSQL ${server.version} with every extension in use (${wanted.join(", ")})`;
    throw new ProblemError(
      ExitCode.CouldNotVerify,
      missing.map((name) => ({
        where: `extension ${name}`,
        reason: `it is not installed for the scratch server, PostgreSQL ${server.version}`,
        next: "install its package there, or name a server that has it in drill.connection",
      })),
    );
  } finally {
    await session.end();
  }
}
