import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LEAST_SCRATCH_MEMORY, leastDrillMemory } from "../../packages/core/src/index.js";
import { agentProgram, runAgent, writeConfig } from "../support/agentProcess.js";
import { createLargeDatabase } from "../support/largeDatabase.js";
import { startPostgres, type TestServer } from "../support/postgresServer.js";

const SIZE = 200_000_000;

/** How much of memory the agent with what it runs, and its scratch server, have at a moment; what several share is counted once. */
function sizesOf(root: number): { agent: number; server: number } {
  const parents = new Map<number, { parent: number; name: string }>();
  for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const [, name = "", parent = ""] = /^\d+ \((.*)\) \S (\d+)/.exec(read(`/proc/${id}/stat`)) ?? [];
    parents.set(Number(id), { parent: Number(parent), name });
  }
  const sizes = { agent: 0, server: 0 };
  for (const [id, { name }] of parents) {
    let above = id;
    while (above > 1 && above !== root) above = parents.get(above)?.parent ?? 0;
    if (above !== root) continue;
    const kilobytes = Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${id}/smaps_rollup`))?.[1] ?? 0);
    sizes[name.startsWith("postgres") ? "server" : "agent"] += kilobytes * 1024;
  }
  return sizes;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

describe.skipIf(process.platform !== "linux")("the memory of `pgkeep drill`", () => {
  let source: TestServer;
  let folder: string;

  beforeAll(async () => {
    source = await startPostgres({ major: 16, settings: { max_wal_size: "4GB" } });
    folder = mkdtempSync(join(tmpdir(), "pgkeep-memory-"));
  });
  afterAll(async () => {
    await source?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("stays under what the component for Kubernetes gives the agent and its server at least, index and encryption and all", async () => {
    await createLargeDatabase(source, "large", SIZE);
    await source.psql("CREATE INDEX ON big (words); CREATE INDEX ON big (id, at)", "large");
    const identity = await generateX25519Identity();
    const config = join(folder, "pgkeep.yaml");
    writeConfig(config, source.connection, {
      cluster: "large",
      databases: ["large"],
      store: { url: `file://${folder}/store` },
      encryption: { recipients: [await identityToRecipient(identity)] },
    });
    const environment = { ...process.env, PGPASSWORD: source.connection.password, PGKEEP_IDENTITY: identity };
    const backup = await runAgent(["backup", "--json", "--config", config], environment);
    expect(backup.exitCode, backup.messages).toBe(0);
    await source.stop();

    const child = spawn(process.execPath, [agentProgram, "drill", "--config", config], {
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const peaks = { agent: 0, server: 0 };
    const watch = setInterval(() => {
      const now = sizesOf(child.pid ?? 0);
      for (const one of ["agent", "server"] as const) peaks[one] = Math.max(peaks[one], now[one]);
    }, 100);
    const { code, text } = await ended(child);
    clearInterval(watch);
    console.info(`peak of the agent ${Math.round(peaks.agent / 2 ** 20)} MiB, of its server ${Math.round(peaks.server / 2 ** 20)} MiB`);
    expect(code, text).toBe(0);
    for (const peak of Object.values(peaks)) expect(peak).toBeGreaterThan(50 * 2 ** 20);
    expect(peaks.agent).toBeLessThan(leastDrillMemory(false));
    expect(peaks.server).toBeLessThan(LEAST_SCRATCH_MEMORY);
  }, 600_000);
});

async function ended(child: ChildProcess): Promise<{ code: number | null; text: string }> {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (part: string) => (text += part));
  const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  return { code, text };
}
