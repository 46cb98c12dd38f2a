import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SslMode } from "../../packages/core/src/index.js";
import { type AccessConnection, PostgresAccess, type PostgresAccessArgs } from "../../packages/postgresql/src/index.js";
import { createAdmin } from "../support/accessAdmin.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { postgresqlProvider } from "../support/engine/providers/postgresql/postgresqlProvider.js";
import { randomProvider } from "../support/engine/providers/random/randomProvider.js";
import { startPostgres, type TestServer } from "../support/postgresServer.js";
import { queryAs, refusalOf } from "../support/queryAs.js";
import { sortedPreview } from "../support/sortedPreview.js";

/** What a reviewer of a pull request reads. After each preview the change is made, so that the next one begins where it ended. */
describe.skipIf(missingEngine() !== undefined)("previews of PostgresAccess", () => {
  let server: TestServer;
  let stack: EngineStack;
  let args: PostgresAccessArgs;
  const application = { name: "syntho", databases: ["syntho-core", "syntho-backend"], alternateLogins: true };

  const program = () => {
    const { connections, effectivePolicy } = new PostgresAccess("access", args);
    return Promise.resolve({ connections, effectivePolicy });
  };
  const planned = async () => (await stack.preview({ refresh: true })).steps.filter(({ op }) => op !== "same" && op !== "refresh");
  const golden = (name: string) => `golden/postgres-access-${name}.txt`;
  const given = async () => (await stack.outputs()).connections?.value as Record<string, AccessConnection>;
  const up = async () => {
    await stack.up();
    return await given();
  };
  const uriOf = (connections: Record<string, AccessConnection>, key: string) => connections[key]?.uri ?? "";

  beforeAll(async () => {
    server = await startPostgres({ major: 16 });
    args = {
      server: { host: server.connection.host, port: server.connection.port, sslMode: SslMode.Disable },
      admin: await createAdmin(server),
      databases: [
        { name: "syntho-core", owner: "syntho_owner" },
        { name: "syntho-backend", owner: "syntho_owner" },
      ],
      applications: [application],
      readOnlyRoles: [{ name: "report", databases: ["syntho-core"] }],
    };
    stack = await startStack({
      program,
      providers: [postgresqlProvider(), randomProvider()],
      standIns: { [String(server.connection.port)]: "5432" },
    });
  });
  afterAll(async () => {
    await stack?.dispose();
    await server?.stop();
  });

  it("the first deployment", async () => {
    await expect(sortedPreview(await stack.previewText())).toMatchFileSnapshot(golden("first-deployment"));
    const connections = await up();
    for (const database of ["syntho-core", "syntho-backend"]) {
      await queryAs(uriOf(connections, `syntho@${database}`), "CREATE TABLE payment (id int)");
    }
  });

  it("a password rotated, without downtime: the login in use until then stays valid", async () => {
    const before = await given();
    args = { ...args, applications: [{ ...application, passwordGeneration: 2 }] };
    const text = sortedPreview(await stack.previewText());
    await expect(text).toMatchFileSnapshot(golden("password-rotated"));
    const after = await up();
    const [old, now] = [before, after].map((connections) => connections["syntho@syntho-core"]);
    expect([old?.username, now?.username]).toEqual(["syntho_a", "syntho_b"]);
    for (const connection of [old, now]) {
      expect(await queryAs(connection?.uri ?? "", "SELECT current_user AS acts FROM payment RIGHT JOIN (SELECT) one ON true")).toEqual([
        { acts: "syntho_owner" },
      ]);
      expect(stack.log()).not.toContain(connection?.password);
    }
    args = { ...args, applications: [{ ...application, passwordGeneration: 3 }] };
    await stack.up();
    expect(await refusalOf(old?.uri ?? "", "SELECT 1")).toContain("password authentication failed");
    expect(await queryAs(now?.uri ?? "", "SELECT 1 AS still")).toEqual([{ still: 1 }]);
  });

  it("a connection limit changed", async () => {
    args = { ...args, databases: args.databases.map((database, index) => (index === 0 ? { ...database, connectionLimit: 30 } : database)) };
    await expect(sortedPreview(await stack.previewText())).toMatchFileSnapshot(golden("connection-limit-changed"));
    await stack.up();
    expect((await server.psql("SELECT datconnlimit FROM pg_database WHERE datname = 'syntho-core'")).trim()).toBe("30");
  });

  it("a database added, with an application of its own", async () => {
    args = {
      ...args,
      databases: [...args.databases, { name: "audit", extensions: [{ name: "plpgsql" }] }],
      applications: [...(args.applications ?? []), { name: "auditor", databases: ["audit"] }],
    };
    await expect(sortedPreview(await stack.previewText())).toMatchFileSnapshot(golden("database-added"));
    await stack.up();
    expect(await planned()).toEqual([]);
  });

  it("an owner changed: everything that the former one owns in the database goes along", async () => {
    const audit = { name: "audit", extensions: [{ name: "plpgsql" }], owner: "auditors" };
    await queryAs(uriOf(await given(), "auditor@audit"), "CREATE TABLE trail (id int)");
    args = {
      ...args,
      databases: args.databases.map((database) => (database.name === "audit" ? { ...audit, formerOwner: "audit_owner" } : database)),
    };
    await expect(sortedPreview(await stack.previewText())).toMatchFileSnapshot(golden("owner-changed"));
    const connections = await up();
    expect((await server.psql("SELECT tableowner FROM pg_tables WHERE tablename = 'trail'", "audit")).trim()).toBe("auditors");
    expect((await server.psql("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname ~ 'syntho'")).trim()).toBe(
      "syntho_owner\nsyntho_owner",
    );
    const trail = await queryAs(uriOf(connections, "auditor@audit"), "INSERT INTO trail VALUES (1) RETURNING id, current_user AS acts");
    expect(trail).toEqual([{ id: 1, acts: "auditors" }]);
    args = { ...args, databases: args.databases.map((database) => (database.name === "audit" ? audit : database)) };
    await stack.up();
    expect(await planned()).toEqual([]);
  });

  it("everything dropped where that was asked for", async () => {
    args = { ...args, dropOnDestroy: true };
    await expect(sortedPreview(await stack.previewText())).toMatchFileSnapshot(golden("drop-on-destroy"));
    await stack.up();
    await stack.destroy();
    expect(await server.psql("SELECT datname FROM pg_database WHERE datname ~ 'syntho|audit'")).toBe("");
    expect(
      await server.psql("SELECT rolname FROM pg_roles WHERE rolname ~ 'syntho|audit|report|pgkeep' AND rolname <> 'audit_owner'"),
    ).toBe("");
  });
});
