import { readFileSync } from "node:fs";
import { type DemoServer, type Login, newPassword } from "./server.js";

/** The application's databases. */
export const DATABASES = ["syntho-core", "syntho-backend"] as const;

/** Who does what in the demo, each as a role of its own. */
export interface Access {
  application: Login;
  dump: Login;
  restore: Login;
  /** Gives the dump role what only a superuser can give in this database. */
  completeDump(database: string): Promise<void>;
}

/** Creates databases and roles as Pulumi.dev.yaml declares them, by plain SQL, for a machine without Pulumi. */
export async function createBySql(server: DemoServer): Promise<Access> {
  const cluster = await server.connect("postgres");
  const login = async (username: string): Promise<Login> => {
    const password = newPassword();
    await cluster.query(`ALTER ROLE ${username} PASSWORD ${cluster.escapeLiteral(password)}`);
    return { username, password };
  };
  try {
    // CREATE DATABASE wants to be alone in its statement.
    for (const statement of read("roles.sql").split(/;\n/)) if (statement.trim() !== "") await cluster.query(statement);
    for (const database of DATABASES) await run(server, database, read("access.sql"));
    return {
      application: await login("syntho"),
      dump: await login("pgkeep_dump"),
      restore: await login("pgkeep_restore"),
      completeDump: (database) => run(server, database, COMPLETE_DUMP),
    };
  } finally {
    await cluster.end();
  }
}

/** Runs statements as the superuser. */
export async function run(server: DemoServer, database: string, sql: string): Promise<void> {
  const client = await server.connect(database);
  await client.query(sql).finally(() => client.end());
}

const COMPLETE_DUMP = `ALTER ROLE pgkeep_dump BYPASSRLS;
ALTER ROLE pgkeep_restore BYPASSRLS;
DO $$ DECLARE object oid; BEGIN
  FOR object IN SELECT oid FROM pg_largeobject_metadata LOOP EXECUTE format('GRANT SELECT ON LARGE OBJECT %s TO pgkeep_dump', object); END LOOP;
END $$`;

function read(name: string): string {
  return readFileSync(new URL(`./${name}`, import.meta.url), "utf8");
}
