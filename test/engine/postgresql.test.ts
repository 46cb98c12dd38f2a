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
  closed: boolean;
  granted: boolean;
}

for (const major of testedMajors) {
  describe.skipIf(missingEngine() !== undefined || missingPostgres(major) !== undefined)(`postgresql on PostgreSQL ${major}`, () => {
    let server: TestServer;
    let stack: EngineStack;
    const declared: Declared = {
      connectionLimit: 5,
      ownerOfShop: "owner",
      privileges: ["SELECT", "INSERT"],
      encoding: "UTF8",
      closed: false,
      granted: false,
    };

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

    const changed = async (refresh = false) => {
      const { steps } = await stack.preview({ refresh });
      return steps.filter(({ op }) => op !== "same" && op !== "refresh").map(({ op, name, diff }) => ({ op, name, diff }));
    };

    it("makes everything as an administrator who is no superuser, and then finds nothing to do", async () => {
      await stack.up();
      expect(await server.psql("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'shop'")).toBe("owner");
      expect(await server.psql("SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'sales'", "shop")).toBe("owner");
      await server.psql("SET ROLE owner; CREATE TABLE sales.orders (id int)", "shop");
      expect(await server.psql("SELECT has_table_privilege('reader', 'sales.orders', 'INSERT')", "shop")).toBe("t");
      expect(await changed()).toEqual([]);
      expect(await changed(true)).toEqual([]);
    });

    // What the official provider does not do, or does too much of, has nothing to do with the major.
    if (major === testedMajors[0]) {
      it("leaves PUBLIC in a database whose owner the administrator is not, as the official provider does", async () => {
        declared.closed = true;
        await stack.up();
        expect(await changed()).toMatchObject([{ op: "update", name: "closed", diff: { "privileges[0]": { kind: "delete" } } }]);
        declared.closed = false;
        await stack.up();
      });

      it("refuses to change a database whose owner the administrator is not, as the official provider does", async () => {
        declared.ownerOfShop = "other";
        await expect(stack.up()).rejects.toThrow("must be owner of database shop");
      });
    }

    it("changes in place what can be, and the server follows", async () => {
      // Since 16 whoever makes a role is its member already, without the right to use it, and a bare GRANT leaves that as it is.
      await server.psql(`GRANT owner, other TO admin ${major >= 16 ? "WITH INHERIT TRUE, SET TRUE" : ""}`);
      Object.assign(declared, { connectionLimit: 7, ownerOfShop: "other", privileges: ["SELECT"] });
      expect(await changed()).toEqual([
        { op: "update", name: "reader", diff: { connectionLimit: { kind: "update" } } },
        { op: "update", name: "shop", diff: { owner: { kind: "update" } } },
        { op: "update", name: "future", diff: { "privileges[1]": { kind: "delete" } } },
      ]);
      await stack.up();
      expect(await server.psql("SELECT rolconnlimit FROM pg_roles WHERE rolname = 'reader'")).toBe("7");
      expect(await server.psql("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'shop'")).toBe("other");
      await server.psql("SET ROLE owner; CREATE TABLE sales.later (id int)", "shop");
      expect(await server.psql("SELECT has_table_privilege('reader', 'sales.later', 'INSERT')", "shop")).toBe("f");
      expect(await changed()).toEqual([]);
    });

    it("replaces what only a new one can have", async () => {
      declared.encoding = "LATIN1";
      const { steps } = await stack.preview();
      const database = steps.filter(({ name }) => name === "shop");
      expect(database.map(({ op }) => op)).toEqual(["create-replacement", "replace", "delete-replaced"]);
      expect(database[0]?.diff).toEqual({ encoding: { kind: "update-replace" } });
      declared.encoding = "UTF8";
    });

    if (major === testedMajors[0]) {
      it("takes a membership away at the next update of the member, as the official provider does", async () => {
        const membership = "SELECT pg_has_role('reader', 'other', 'MEMBER')";
        declared.granted = true;
        await stack.up();
        expect(await server.psql(membership)).toBe("t");
        declared.connectionLimit = 8;
        await stack.up();
        expect(await server.psql(membership)).toBe("f");
        declared.granted = false;
        await stack.up();
      });

      it("does not see a role that was dropped by hand until a refresh (issue 143 of pulumi-postgresql)", async () => {
        await server.psql("DROP OWNED BY reader", "shop");
        await server.psql("DROP ROLE reader");
        expect(await changed()).toEqual([]);
        const again = await stack.up({ refresh: true });
        const created = again.steps.filter(({ op }) => op === "create").map(({ name }) => name);
        expect(created.sort()).toEqual(["future", "reader", "usage"]);
        expect(await server.psql("SELECT count(*) FROM pg_roles WHERE rolname = 'reader'")).toBe("1");
      });
    }

    it("keeps the password out of state and texts, and takes everything away in the end", async () => {
      const everything = JSON.stringify(await stack.exportState()) + stack.log();
      for (const secret of ["reader's canary", "admin password"]) expect(everything).not.toContain(secret);
      await stack.destroy();
      expect(await server.psql("SELECT count(*) FROM pg_roles WHERE rolname IN ('owner', 'other', 'reader')")).toBe("0");
      expect(await server.psql("SELECT count(*) FROM pg_database WHERE datname = 'shop'")).toBe("0");
    });
  });
}

function declare({ connection }: TestServer, { connectionLimit, ownerOfShop, privileges, encoding, closed, granted }: Declared) {
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
  const schema = new postgresql.Schema("sales", { name: "sales", database: database.name, owner: owner.name, dropCascade: true }, options);
  const usage = new postgresql.Grant(
    "usage",
    { role: reader.name, database: database.name, schema: schema.name, objectType: "schema", privileges: ["USAGE"] },
    options,
  );
  if (granted) new postgresql.GrantRole("membership", { role: reader.name, grantRole: other.name }, options);
  if (closed) new postgresql.Grant("closed", { role: "public", database: database.name, objectType: "database", privileges: [] }, options);
  new postgresql.DefaultPrivileges(
    "future",
    { role: reader.name, database: database.name, schema: schema.name, owner: owner.name, objectType: "table", privileges },
    { ...options, dependsOn: usage },
  );
  // It is there already and belongs to the superuser: taken over, and left.
  new postgresql.Extension("plpgsql", { name: "plpgsql", database: database.name }, { ...options, retainOnDelete: true });
  return { reader: reader.password };
}
