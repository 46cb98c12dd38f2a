import * as postgresql from "@pulumi/postgresql";
import type * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
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

describe.skipIf(missingEngine() !== undefined)("without a password of the administrator", () => {
  const withoutPassword: PostgresAccessArgs = { ...args, admin: { username: "admin" }, databases: [{ name: "core" }], applications: [] };
  const preview = async (providers?: () => pulumi.ProviderResource[]) => {
    const stack = await startStack({
      program: () => Promise.resolve(void new PostgresAccess("access", withoutPassword, providers ? { providers: providers() } : {})),
      providers: [postgresqlProvider(), randomProvider()],
    });
    return await stack.preview().finally(() => stack.dispose());
  };

  it("a provider that is given does the work", async () => {
    const { steps } = await preview(() => [
      new postgresql.Provider("mine", { host: "db.example.org", username: "admin", superuser: false }),
    ]);
    expect(steps.filter(({ type }) => type === "pulumi:providers:postgresql").map(({ name }) => name)).toEqual(["mine"]);
    expect(steps.map(({ name }) => name)).toContain("access-database-core");
  });

  it("and without one the default provider is not used in silence", async () => {
    await expect(preview()).rejects.toThrow("admin.password: there is neither a password nor a provider");
  });
});
