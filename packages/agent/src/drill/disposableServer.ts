import { randomBytes } from "node:crypto";
import { type Connection, ExitCode, ProblemError } from "@pgkeep/core";
import pg from "pg";
import { sqlName } from "../postgresql/objectName.js";
import { openSession, type Session } from "../postgresql/session.js";

/** The first object identifier of what is not built in, as the superuser is that initdb makes (FirstNormalObjectId in PostgreSQL's transam.h). */
const FIRST_USER_OBJECT = 16_384;

/**
 * Makes a server that exists for one drill alone ready for it: its first superuser, who owns what is built in, gets the name that the source's has. Refuses a
 * server on which anything is: then it is somebody's, and restored roles would stay there. Returns the connection to go on with.
 */
export async function takeDisposableServer(connection: Connection, superuser: string): Promise<Connection> {
  const session = await openSession(connection, connection.maintenanceDatabase);
  try {
    await assertUntouched(session);
    if (superuser === connection.user) return connection;
    const renamer = { user: `pgkeep_drill_${randomBytes(4).toString("hex")}`, password: randomBytes(18).toString("base64url") };
    // Nobody can rename the role of his own session.
    await session.query(`CREATE ROLE ${sqlName(renamer.user)} SUPERUSER LOGIN PASSWORD ${pg.escapeLiteral(renamer.password)}`);
    await once({ ...connection, ...renamer }, `ALTER ROLE ${sqlName(connection.user)} RENAME TO ${sqlName(superuser)}`);
    const renamed = { ...connection, user: superuser };
    await once(renamed, `DROP ROLE ${sqlName(renamer.user)}`);
    return renamed;
  } finally {
    await session.end();
  }
}

async function once(connection: Connection, statement: string): Promise<void> {
  const session = await openSession(connection, connection.maintenanceDatabase);
  await session.query(statement).finally(() => session.end());
}

async function assertUntouched(session: Session): Promise<void> {
  const found = await session.query<{ kind: string; name: string }>(
    `SELECT 'database ' AS kind, datname::text AS name FROM pg_catalog.pg_database WHERE oid >= ${FIRST_USER_OBJECT}
     UNION ALL SELECT 'role ', rolname::text FROM pg_catalog.pg_roles WHERE oid >= ${FIRST_USER_OBJECT} ORDER BY 1, 2 LIMIT 10`,
  );
  if (found.length === 0) return;
  throw new ProblemError(ExitCode.Configuration, {
    where: "drill.disposable",
    received: found.map(({ kind, name }) => `${kind}${name}`).join(", "),
    reason: "the server of drill.connection holds something already, so it is not there for this drill alone",
    next: "name a server that is made anew for each drill, and its first superuser; or remove drill.disposable: roles are then left as they are",
  });
}
