import { execFile } from "node:child_process";
import { join } from "node:path";
import type { Connection } from "@pgkeep/core";
import { childEnvironment } from "../../packages/agent/src/postgresql/childEnvironment.js";
import type { TestServer } from "./postgresServer.js";

export interface Dumped {
  exitCode: number;
  /** The dump as SQL. */
  sql: string;
  stderr: string;
}

/** Runs the real pg_dump as some role and tells all it did, failure included. */
export async function dumpAs(
  server: TestServer,
  role: Pick<Connection, "user" | "password">,
  database: string,
  args: string[] = [],
): Promise<Dumped> {
  const env = { ...(await childEnvironment({ ...server.connection, ...role })), PGDATABASE: database };
  return new Promise((resolve) => {
    execFile(join(server.programFolder, "pg_dump"), args, { env, encoding: "utf8" }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), sql: stdout, stderr });
    });
  });
}
