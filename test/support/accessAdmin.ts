import type { TestServer } from "./postgresServer.js";

/** A role that may do what PostgresAccess asks of its administrator, and nothing more: it is no superuser. */
export interface AccessAdmin {
  username: string;
  password: string;
}

export async function createAdmin(server: TestServer): Promise<AccessAdmin> {
  const admin = { username: "deployer", password: "of the deployer" };
  await server.psql(`CREATE ROLE deployer LOGIN CREATEROLE CREATEDB PASSWORD '${admin.password}'`);
  // Before 16 whoever may create roles may grant every role but a superuser's.
  if (server.major >= 16) await server.psql("GRANT pg_read_all_data TO deployer WITH ADMIN OPTION");
  return admin;
}
