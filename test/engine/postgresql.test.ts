import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { postgresqlProvider } from "../support/engine/providers/postgresql/postgresqlProvider.js";
import { missingPostgres, startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";

/** What the program declares; a test changes it and looks at the preview. */
interface Declared {
  connectionLimit: number;
  ownerOfShop: "owner" | "other";
  privileges: string[];
  encoding: string;
}

for (const major of testedMajors) {
  describe.skipIf(missingEngine() !== undefined || missingPostgres(major) !== undefined)(`postgresql on PostgreSQL ${major}`, () => {
    let server: TestServer;
    let stack: EngineStack;
    const declared: Declared = { connectionLimit: 5, ownerOfShop: "owner", privileges: ["SELECT", "INSERT"], encoding: "UTF8" };

    beforeAll(async () => {
      server = await startPostgres({ major });
      await server.psql("CREATE ROLE admin LOGIN CREATEROLE CREATEDB PASSWORD 'admin password'");
      stack = await startStack({
        program: () => Promise.resolve(declare(server, declared)),
        providers: [postgresqlProvider()],
        standIns: { [String(server.connection.port)]: "5432" },
      });
    });
    afterAll(async () => {
      await stack?.dispose();
      await server?.stop();
    });

    it("makes everything as an administrator who is no superuser, and then finds nothing to do", async () => {
      await stack.up();
      expect(await server.psql("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'shop'")).toBe("owner");
      expect(await server.psql("SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'sales'", "shop")).toBe("owner");
      await server.psql("SET ROLE owner; CREATE TABLE sales.orders (id int)", "shop");
      expect(await server.psql("SELECT has_table_privilege('reader', 'sales.orders', 'INSERT')", "shop")).toBe("t");
      expect((await stack.preview()).steps.filter(({ op }) => op !== "same")).toEqual([]);
      await stack.refresh();
      expect((await stack.preview()).steps.filter(({ op }) => op !== "same")).toEqual([]);
    });
  });
}

function declare({ connection }: TestServer, { connectionLimit, ownerOfShop, privileges, encoding }: Declared) {
  const provider = new postgresql.Provider("server", {
    host: connection.host,
    port: connection.port,
    username: "admin",
    password: "admin password",
    superuser: false,
    sslmode: "disable",
    maxConnections: 2,
  });
  const options = { provider };
  const owner = new postgresql.Role("owner", { name: "owner" }, options);
  const other = new postgresql.Role("other", { name: "other" }, options);
  const reader = new postgresql.Role(
    "reader",
    { name: "reader", login: true, connectionLimit, password: pulumi.secret("reader's canary") },
    options,
  );
  const database = new postgresql.Database(
    "shop",
    { name: "shop", owner: ownerOfShop === "owner" ? owner.name : other.name, encoding, connectionLimit: 20 },
    options,
  );
  const schema = new postgresql.Schema("sales", { name: "sales", database: database.name, owner: owner.name }, options);
  const usage = new postgresql.Grant(
    "usage",
    { role: reader.name, database: database.name, schema: schema.name, objectType: "schema", privileges: ["USAGE"] },
    options,
  );
  new postgresql.GrantRole("membership", { role: reader.name, grantRole: other.name }, options);
  new postgresql.Grant("everybody", { role: "public", database: database.name, objectType: "database", privileges: [] }, options);
  new postgresql.DefaultPrivileges(
    "future",
    { role: reader.name, database: database.name, schema: schema.name, owner: owner.name, objectType: "table", privileges },
    { ...options, dependsOn: usage },
  );
  new postgresql.Extension("plpgsql", { name: "plpgsql", database: database.name }, options);
  return { reader: reader.password };
}
