import { expect, it } from "vitest";
import { PostgresAccess, type PostgresAccessArgs } from "../../packages/postgresql/src/index.js";
import { ManagedService } from "../../packages/postgresql/src/PostgresAccessArgs.js";
import { missingEngine, startStack } from "../support/engine/index.js";
import { postgresqlProvider } from "../support/engine/providers/postgresql/postgresqlProvider.js";
import { randomProvider } from "../support/engine/providers/random/randomProvider.js";

const args: PostgresAccessArgs = {
  server: { host: "db.example.org", managedService: ManagedService.CloudSql },
  admin: { username: "admin", password: "x" },
  databases: [
    { name: "core", owner: "web", extensions: [{ name: "plperl" }] },
    { name: "core" },
    { name: "ö".repeat(40), owner: "public" },
  ],
  applications: [{ name: "web", databases: ["core"], password: "hunter2\0" }],
};

it.skipIf(missingEngine() !== undefined)(
  "the engine shows every wrong argument with its reason, and neither a stack nor an object",
  async () => {
    const stack = await startStack({
      program: () => Promise.resolve(void new PostgresAccess("access", args)),
      providers: [postgresqlProvider(), randomProvider()],
    });
    try {
      const failure = await stack.preview().then(
        () => undefined,
        (error: Error) => error,
      );
      const text = failure?.message ?? "";
      await expect(`${text}\n`).toMatchFileSnapshot("golden/postgres-access-errors.txt");
      expect(text).not.toMatch(/^\s+at |__pulumi|\[Object|hunter2/m);
    } finally {
      await stack.dispose();
    }
  },
);
