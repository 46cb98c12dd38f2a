import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SslMode } from "../../packages/core/src/index.js";
import { type AccessConnection, PostgresAccess, type PostgresAccessArgs } from "../../packages/postgresql/src/index.js";
import { createAdmin } from "../support/accessAdmin.js";
import {
  assertNoCanary,
  type EngineStack,
  identitySnapshot,
  missingEngine,
  previewWithUnknowns,
  saveState,
  startStack,
  upgradeCheck,
} from "../support/engine/index.js";
import { postgresqlProvider } from "../support/engine/providers/postgresql/postgresqlProvider.js";
import { randomProvider } from "../support/engine/providers/random/randomProvider.js";
import { startPostgres, type TestServer } from "../support/postgresServer.js";

/** As it was when the component landed. Never written again: an upgrade must read what is out there. */
const landed = fileURLToPath(new URL("states/postgres-access-1.json", import.meta.url));
/** Where the landed state says that the server is; no preview on it talks to one. */
const LANDED_PORT = 5432;

const canaries = ["canary of the admin", "canary of an application", "canary of the reader", "canary of the dump", "canary of the restore"];
const [adminCanary = "", applicationCanary = "", readerCanary = "", dumpCanary = "", restoreCanary = ""] = canaries;

const declared: Pick<PostgresAccessArgs, "databases" | "applications" | "readOnlyRoles" | "dumpRole" | "restoreRole"> = {
  databases: [
    { name: "syntho-core", owner: "syntho_owner", connectionLimit: 20, schemas: ["public", "ledger"], extensions: [{ name: "plpgsql" }] },
    { name: "syntho-backend", owner: "syntho_owner", helmPaths: { password: "database.password" } },
  ],
  applications: [
    { name: "syntho", databases: ["syntho-core", "syntho-backend"], password: applicationCanary },
    { name: "web", databases: ["syntho-core"], alternateLogins: true, passwordGeneration: 2 },
  ],
  readOnlyRoles: [{ name: "report", databases: ["syntho-core"], password: readerCanary }],
  dumpRole: { password: dumpCanary },
  restoreRole: { password: restoreCanary },
};

const declare = (port: number) => () => {
  const access = new PostgresAccess("access", {
    ...declared,
    server: { host: "127.0.0.1", port, sslMode: SslMode.Disable },
    admin: { username: "deployer", password: adminCanary },
  });
  const { connections, dumpConnection, effectivePolicy } = access;
  return Promise.resolve({ connections, dumpConnection, effectivePolicy });
};
const providers = () => [postgresqlProvider(), randomProvider()];

describe.skipIf(missingEngine() !== undefined)("PostgresAccess, deployed", () => {
  let server: TestServer;
  let stack: EngineStack;

  beforeAll(async () => {
    server = await startPostgres({ major: 18 });
    const { username } = await createAdmin(server);
    await server.psql(`ALTER ROLE ${username} PASSWORD '${adminCanary}'`);
    stack = await startStack({ program: declare(server.connection.port), providers: providers() });
    await stack.up();
  });
  afterAll(async () => {
    await stack?.dispose();
    await server?.stop();
  });

  it("is to the engine what it was", async () => {
    await expect(await identitySnapshot(stack)).toMatchFileSnapshot("golden/postgres-access-identity.txt");
  });

  it("shows no password, given or generated, in state, logs and diffs", () => {
    assertNoCanary(stack, canaries);
  });

  it("upgrades what it deployed when it landed without replacing or deleting anything", async () => {
    if (!existsSync(landed)) await saveState(stack, landed);
    const steps = await upgradeCheck(landed, { program: declare(LANDED_PORT), providers: providers() });
    expect(steps.length).toBeGreaterThan(30);
  });
});

it.skipIf(missingEngine() !== undefined)(
  "PostgresAccess can be previewed while every leaf input is unknown, and deletes nothing then",
  async () => {
    const server = await startPostgres({ major: 18 });
    try {
      const admin = await createAdmin(server);
      const { replaced } = await previewWithUnknowns(
        (leaf) =>
          new PostgresAccess("access", {
            ...declared,
            server: {
              host: leaf(server.connection.host),
              port: leaf(server.connection.port),
              sslMode: leaf(SslMode.Disable),
              maxConnections: leaf(4),
              maintenanceDatabase: leaf("postgres"),
            },
            admin: { username: leaf(admin.username), password: pulumi.secret(leaf(admin.password)), superuser: leaf(false) },
            databases: declared.databases.map((database) => ({ ...database, connectionLimit: leaf(20) })),
            applications: [{ name: "syntho", databases: ["syntho-core"], password: leaf(applicationCanary), connectionLimit: leaf(-1) }],
          }),
        { providers: [postgresqlProvider()] },
      );
      // The memberships of an administrator whose name is unknown; nothing that holds data.
      expect(replaced.filter((name) => !name.startsWith("access-admin-in-"))).toEqual([]);
    } finally {
      await server.stop();
    }
  },
);

it.skipIf(missingEngine() !== undefined)("PostgresAccess takes names of every kind to the letter", async () => {
  const server = await startPostgres({ major: 16 });
  const names = {
    database: `Größe "A" $1; --`,
    owner: "Böse's Owner",
    login: "log in@home:1/2",
    reader: "Leser%20",
    dump: "dump $pgkeep$ '\"",
  };
  const stack = await startStack({
    program: async () => {
      const { connections, superuserStatement } = new PostgresAccess("access", {
        server: { host: server.connection.host, port: server.connection.port, sslMode: SslMode.Disable },
        admin: await createAdmin(server).catch(() => ({ username: "deployer", password: "of the deployer" })),
        databases: [{ name: names.database, owner: names.owner }],
        applications: [{ name: names.login, databases: [names.database] }],
        readOnlyRoles: [{ name: names.reader, databases: [names.database] }],
        dumpRole: { name: names.dump },
      });
      return { connections, superuserStatement };
    },
    providers: providers(),
  });
  try {
    await stack.up();
    const outputs = await stack.outputs();
    const connections = outputs.connections?.value as Record<string, AccessConnection>;
    const [application, reader] = [names.login, names.reader].map((login) => connections[`${login}@${names.database}`]);
    // By libpq itself: other drivers read some percent-codes of a URI in their own way.
    const psql = (uri: string | undefined, sql: string) =>
      execFileSync(join(server.programFolder, "psql"), ["-XAtq", "-v", "ON_ERROR_STOP=1", uri ?? "", "-c", sql], {
        encoding: "utf8",
      }).trim();
    expect(psql(application?.uri, "CREATE TABLE t (id int); SELECT current_user, current_database()")).toBe(
      `${names.owner}|${names.database}`,
    );
    expect(psql(reader?.uri, "SELECT count(*) FROM t")).toBe("0");
    const lines = (application?.environment ?? "").split("\n").slice(0, 4).join("; ");
    expect(execFileSync("sh", ["-c", `${lines}; printf %s "$PGDATABASE"`], { encoding: "utf8" })).toBe(names.database);
    await server.psql(outputs.superuserStatement?.value as string, names.database);
    expect(await server.psql("SELECT rolname FROM pg_roles WHERE rolbypassrls AND NOT rolsuper")).toBe(names.dump);
    const { steps } = await stack.preview({ refresh: true });
    expect(steps.filter(({ op }) => op !== "same" && op !== "refresh")).toEqual([]);
  } finally {
    await stack.dispose();
    await server.stop();
  }
});
