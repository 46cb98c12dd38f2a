import { type Connection, counted, describeConnection, ExitCode, type ExtensionRecord, ProblemError } from "@pgkeep/core";
import { loadConnection } from "../configuration/loadConnection.js";
import { assertDatabasesExist } from "../postgresql/assertDatabasesExist.js";
import { readExtensions } from "../postgresql/catalogue.js";
import { applyWaivers, findUndumpable } from "../postgresql/dumpability.js";
import { readGlobals } from "../postgresql/globals.js";
import { nearestPrograms } from "../postgresql/nearestPrograms.js";
import { assertServer, readServer } from "../postgresql/server.js";
import { openSession, refusePooler, type Session } from "../postgresql/session.js";
import { type Diagnosis, diagnose } from "./Diagnosis.js";
import type { Examination, ExaminedServer } from "./Examination.js";

/** That the server answers this role, directly and as securely as configured, and that its version is known. */
export async function checkConnection({ config, environment, signal }: Examination): Promise<[Diagnosis, ExaminedServer | undefined]> {
  let examined: ExaminedServer | undefined;
  const diagnosis = await diagnose("connection", async () => {
    const connection = await loadConnection(config.connection, environment);
    const session = await openSession(connection, connection.maintenanceDatabase, { signal });
    try {
      await refusePooler(session, connection);
      const server = await readServer(session);
      assertServer(server);
      examined = { connection, session, server, readAt: new Date() };
      return [
        `PostgreSQL ${server.version}${server.inRecovery ? ", a standby" : ""}, ${describeConnection(connection)}, no pooler in between`,
        await describeTls(session, connection),
      ];
    } finally {
      if (!examined) await session.end();
    }
  });
  return [diagnosis, examined];
}

async function describeTls(session: Session, { host }: Connection): Promise<string> {
  const [tls] = await session.query<{ ssl: boolean; version: string | null; cipher: string | null }>(
    "SELECT ssl, version, cipher FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()",
  );
  if (tls?.ssl) return `encrypted by ${tls.version} with ${tls.cipher}`;
  return host.startsWith("/") ? "over a socket of this machine" : "not encrypted";
}

/** That there is a pg_dump which is not older than the server. */
export function checkPrograms({ config }: Examination, major: number | undefined): Promise<Diagnosis> {
  return diagnose("programs", async () => {
    const { versionText, folder } = await nearestPrograms(["pg_dump", "pg_restore", "psql"], major ?? 0, config.dump.programs);
    if (major !== undefined) return [`pg_dump ${versionText} in ${folder}`];
    throw new ProblemError(ExitCode.CouldNotVerify, {
      where: "programs",
      received: `pg_dump ${versionText} in ${folder}`,
      reason: "whether they are new enough is not known without the server's version",
      next: "mend the connection first",
    });
  });
}

/** That every configured database is there and takes connections. */
export function checkDatabases({ config }: Examination, { session }: ExaminedServer): Promise<Diagnosis> {
  return diagnose("databases", async () => {
    await assertDatabasesExist(session, config.databases);
    return [config.databases.join(", ")];
  });
}

/** That the role may dump everything in one database, and what is waived. `found` gets the extensions. */
export function checkContents(
  { config, signal }: Examination,
  { connection, server }: ExaminedServer,
  database: string,
  found: (extensions: readonly ExtensionRecord[]) => void,
): Promise<Diagnosis> {
  return diagnose(`contents of ${database}`, async () => {
    const session = await openSession(connection, database, { signal });
    try {
      found(await readExtensions(session));
      const findings = await findUndumpable(session);
      const { refused, waived } = applyWaivers(findings, config.dump.waive, server.major);
      if (refused.length > 0) {
        throw new ProblemError(
          ExitCode.Permission,
          refused.map((problem) => ({ ...problem, where: `database ${database}: ${problem.where}` })),
        );
      }
      return [`${connection.user} may dump everything${waived.length === 0 ? "" : ` but what is waived: ${waived.join(", ")}`}`];
    } finally {
      await session.end();
    }
  });
}

/** That the cluster's roles can be read, with their verifiers where these are wanted. */
export function checkRoles({ config }: Examination, { session }: ExaminedServer): Promise<Diagnosis> {
  return diagnose("roles", async () => {
    const { globals, warnings } = await readGlobals(session, { passwords: config.dump.rolePasswords });
    const verifiers = config.dump.rolePasswords
      ? "with password verifiers"
      : "without passwords: a restore lists the roles left without one";
    return [`${counted(globals.roles.length, "role")}, ${verifiers}`, ...warnings];
  });
}
