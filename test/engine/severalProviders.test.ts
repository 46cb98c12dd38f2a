import * as postgresql from "@pulumi/postgresql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { postgresqlProvider } from "../support/engine/providers/postgresql/postgresqlProvider.js";
import { missingPostgres, startPostgres, type TestServer } from "../support/postgresServer.js";

describe.skipIf(missingEngine() !== undefined || missingPostgres(15) !== undefined)("several provider resources of one package", () => {
  let server: TestServer;
  let stack: EngineStack;

  beforeAll(async () => {
    server = await startPostgres({ settings: { max_connections: 10 } });
    await server.psql("CREATE DATABASE one; ");
    await server.psql("CREATE DATABASE two");
    const { host, port, user, password = "" } = server.connection;
    stack = await startStack({
      providers: [postgresqlProvider()],
      program: () => {
        for (const database of ["one", "two"]) {
          const options = { host, port, username: user, password, sslmode: "disable", maxConnections: 1, database };
          const provider = new postgresql.Provider(database, options);
          for (const index of [1, 2, 3, 4])
            new postgresql.Schema(`${database}-${index}`, { name: `of_${database}_${index}` }, { provider });
        }
        return Promise.resolve();
      },
    });
  });
  afterAll(async () => {
    await stack?.dispose();
    await server?.stop();
  });

  it("keep to their own arguments, with as few connections as they may", async () => {
    await stack.up();
    const schemas = "SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace WHERE nspname LIKE 'of_%'";
    expect(await server.psql(schemas, "one")).toBe("of_one_1 of_one_2 of_one_3 of_one_4");
    expect(await server.psql(schemas, "two")).toBe("of_two_1 of_two_2 of_two_3 of_two_4");
  });

  it("leave no connection behind", async () => {
    expect(await server.psql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'Terraform provider'")).toBe("0");
  });
});
