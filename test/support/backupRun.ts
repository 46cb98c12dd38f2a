import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AgentConfig, agentConfigSchema, type Connection } from "@pgkeep/core";
import { type BackupOptions, type BackupResult, runBackup } from "../../packages/agent/src/backup/backup.js";
import { runIdentity } from "../../packages/agent/src/configuration/runIdentity.js";
import { type Reporter, silentReporter } from "../../packages/agent/src/reporter.js";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import type { Store } from "../../packages/agent/src/store/Store.js";

/** A folder store of its own for a test. */
export interface TestStore {
  folder: string;
  store: Store;
  remove(): Promise<void>;
}

export async function newFolderStore(): Promise<TestStore> {
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-store-"));
  const store = await openStore({ url: `file://${folder}`, forcePathStyle: false, checksums: "when_supported" }, {});
  return {
    folder,
    store,
    async remove() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A configuration as the agent would read it; the connection is given beside it. */
export function testConfig(databases: readonly string[], changes: Record<string, unknown> = {}): AgentConfig {
  return agentConfigSchema.parse({ version: 1, cluster: "test", databases: [...databases], store: { url: "file:///unused" }, ...changes });
}

export interface BackupRunOptions {
  connection: Connection;
  store: Store;
  databases: readonly string[];
  config?: Record<string, unknown>;
  reporter?: Reporter;
  signal?: AbortSignal;
  application?: BackupOptions["application"];
  before?: BackupOptions["before"];
}

/** One backup run under a new identity. */
export function backUp({
  connection,
  store,
  databases,
  config,
  reporter,
  signal,
  application,
  before,
}: BackupRunOptions): Promise<BackupResult> {
  return runBackup({
    config: testConfig(databases, config),
    connection,
    store,
    identity: runIdentity({ PGKEEP_RUN_ID: randomBytes(8).toString("hex"), PGKEEP_SLOT: new Date().toISOString() }),
    reporter: reporter ?? silentReporter,
    ...(signal ? { signal } : {}),
    ...(application ? { application } : {}),
    ...(before ? { before } : {}),
  });
}
