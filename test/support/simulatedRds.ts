import type { Connection } from "@pgkeep/core";
import { startPostgres, type TestServer } from "./postgresServer.js";
import type { TestedMajor } from "./testedMajors.js";

/**
 * A simulation of Amazon RDS: a real PostgreSQL with RDS's roles, database and limits as far as roles and settings can make them. The first role is
 * `rdsadmin`, the only superuser; the master user is a member of `rds_superuser`, which has no attribute of a superuser. What RDS has patched into
 * its servers, so that `rds_superuser` may do some of what only superusers may elsewhere, is not here.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.rds_superuser.html
 */
export interface SimulatedRds {
  /** `psql` and `connection` of it are of `rdsadmin`, as whom nobody can log in on RDS. */
  server: TestServer;
  /** The master user. */
  master: Connection;
  /** Runs SQL as the master user. */
  psql(sql: string, database?: string): Promise<string>;
}

export interface SimulatedRdsOptions {
  major: TestedMajor;
  settings?: Record<string, string>;
  hostBasedAuthentication?: string[];
}

/** Extensions that the simulation lets be created. */
const EXTENSIONS = "btree_gist, citext, hstore, pg_trgm, pgcrypto, plpgsql, uuid-ossp";
const PASSWORD = "of the master user";

export async function startSimulatedRds({ major, settings = {}, hostBasedAuthentication }: SimulatedRdsOptions): Promise<SimulatedRds> {
  const server = await startPostgres({
    major,
    settings: { "rds.extensions": EXTENSIONS, "rds.superuser_variables": "session_replication_role", ...settings },
    ...(hostBasedAuthentication ? { hostBasedAuthentication } : {}),
  });
  try {
    await server.psql(`CREATE ROLE midwife SUPERUSER LOGIN PASSWORD '${server.connection.password}'`);
    server.connection.user = "midwife";
    await server.psql("ALTER ROLE postgres RENAME TO rdsadmin");
    server.connection.user = "rdsadmin";
    await server.psql("DROP ROLE midwife");
    const parts = ["rds_ad", "rds_extension", "rds_iam", "rds_password", "rds_replication", "rds_reserved"];
    await server.psql(`
      ${[...parts, "rds_superuser"].map((role) => `CREATE ROLE ${role} NOLOGIN;`).join("\n")}
      CREATE ROLE rdsrepladmin NOLOGIN NOINHERIT REPLICATION;
      CREATE ROLE rdstopmgr LOGIN PASSWORD 'of the service'; GRANT pg_monitor TO rdstopmgr;
      ALTER ROLE rdsadmin SET log_statement = 'all';
      GRANT pg_monitor, pg_signal_backend, ${major >= 15 ? "pg_checkpoint, " : ""}rds_password, rds_replication, rds_iam TO rds_superuser WITH ADMIN OPTION;
      ${major >= 16 ? "GRANT pg_read_all_data TO rds_superuser WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;" : ""}
      CREATE ROLE master LOGIN CREATEDB CREATEROLE PASSWORD '${PASSWORD}' VALID UNTIL 'infinity';
      GRANT rds_superuser TO master WITH ADMIN OPTION;
      CREATE DATABASE rdsadmin; REVOKE CONNECT ON DATABASE rdsadmin FROM PUBLIC;
      ALTER DATABASE postgres OWNER TO master;`);
    const master = { ...server.connection, user: "master", password: PASSWORD };
    return { server, master, psql: (sql, database) => psqlAs(server, master, sql, database) };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** `psql` of a test server reads its connection when it is called, who is another for that moment. */
function psqlAs(server: TestServer, { user, password }: Connection, sql: string, database?: string): Promise<string> {
  const before = { ...server.connection };
  Object.assign(server.connection, { user, password });
  const running = server.psql(sql, database);
  Object.assign(server.connection, before);
  return running;
}
