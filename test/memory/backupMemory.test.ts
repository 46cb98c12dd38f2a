import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runAgent, writeConfig } from "../support/agentProcess.js";
import { createLargeDatabase } from "../support/largeDatabase.js";
import { startPostgres, type TestServer } from "../support/postgresServer.js";

const GB = 1_000_000_000;
const LIMIT = 200_000_000;

describe("the memory of `pgkeep backup`", () => {
  let server: TestServer;
  let folder: string;

  beforeAll(async () => {
    server = await startPostgres({ major: 16, settings: { max_wal_size: "4GB" } });
    folder = mkdtempSync(join(tmpdir(), "pgkeep-memory-"));
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([1, 4])(
    "stays under 200 MB with a database of %i GB, encryption and all",
    async (size) => {
      const database = `large${size}`;
      await createLargeDatabase(server, database, size * GB);
      const config = join(folder, `${database}.yaml`);
      writeConfig(config, server.connection, {
        cluster: database,
        databases: [database],
        store: { url: `file://${folder}/store` },
        encryption: { recipients: [await identityToRecipient(await generateX25519Identity())] },
      });
      const run = await runAgent(["backup", "--json", "--config", config], { ...process.env, PGPASSWORD: server.connection.password });
      expect(run.exitCode, run.messages).toBe(0);
      const { manifest } = JSON.parse(run.result) as { manifest: { databases: { object: { plainBytes: number } }[] } };
      expect(manifest.databases[0]?.object.plainBytes).toBeGreaterThan(size * GB * 0.9);
      console.info(`${size} GB: peak ${Math.round(run.peakBytes / 1e6)} MB`);
      expect(run.peakBytes).toBeGreaterThan(0);
      expect(run.peakBytes).toBeLessThan(LIMIT);
      await server.psql(`DROP DATABASE ${database}`);
    },
    600_000,
  );
});
