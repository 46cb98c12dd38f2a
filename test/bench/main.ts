import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { renderTable } from "../../packages/agent/src/terminal/renderTable.js";
import { runAgent, writeConfig } from "../support/agentProcess.js";
import { createLargeDatabase } from "../support/largeDatabase.js";
import { startPostgres } from "../support/postgresServer.js";
import { benchExample } from "./benchExample.js";
import { benchStatus } from "./benchStatus.js";

/*
 * `npm run bench [MEGABYTES]`: how fast a backup is, beside what PostgreSQL itself needs for the same rows, in one run on one machine. Only the
 * ratios mean anything elsewhere. Each is run in turn, several times over, and the median counts. Then `pgkeep status` on a long history, and the
 * preview of a large example.
 */
const ROUNDS = 5;
const megabytes = Number(process.argv[2] ?? 500);

const server = await startPostgres({ major: 16, settings: { max_wal_size: "4GB", shared_buffers: "512MB" } });
const folder = mkdtempSync(join(tmpdir(), "pgkeep-bench-"));
try {
  await createLargeDatabase(server, "bench", megabytes * 1e6);
  await server.psql("VACUUM ANALYZE big", "bench");
  const { host, port, user, password } = server.connection;
  const environment = { ...process.env, PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password, PGDATABASE: "bench" };
  const plain = join(folder, "plain.yaml");
  const encrypted = join(folder, "encrypted.yaml");
  const settings = { databases: ["bench"], store: { url: `file://${folder}/store` }, dump: { programs: server.programFolder } };
  writeConfig(plain, server.connection, { cluster: "plain", ...settings });
  const recipients = [await identityToRecipient(await generateX25519Identity())];
  writeConfig(encrypted, server.connection, { cluster: "encrypted", ...settings, encryption: { recipients } });

  const program = (name: string) => join(server.programFolder, name);
  const contenders: [string, () => Promise<number>][] = [
    ["COPY ... TO STDOUT (the floor)", () => toNowhere(program("psql"), ["-qc", "COPY big TO STDOUT"], environment)],
    ["pg_dump -Fc -Z0", () => toNowhere(program("pg_dump"), ["-Fc", "-Z0"], environment)],
    ["pg_dump -Fc", () => toNowhere(program("pg_dump"), ["-Fc"], environment)],
    ["pgkeep backup", () => backup(plain)],
    ["pgkeep backup, encrypted", () => backup(encrypted)],
  ];
  const seconds = new Map<string, number[]>(contenders.map(([name]) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, run] of contenders) seconds.get(name)?.push((await run()) / 1000);
  }
  const median = (name: string) => (seconds.get(name) ?? []).toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
  const [floor = "", , standard = ""] = contenders.map(([name]) => name);
  const rows = contenders.map(([name]) => [
    name,
    `${median(name).toFixed(2)} s`,
    (median(floor) / median(name)).toFixed(2),
    (median(standard) / median(name)).toFixed(2),
  ]);
  console.log(`${megabytes} MB of COPY text, median of ${ROUNDS} rounds; higher ratios are faster`);
  console.log(renderTable(["", "wall", "of COPY's throughput", "of pg_dump -Fc's"], rows));

  async function backup(config: string): Promise<number> {
    const { exitCode, messages, milliseconds } = await runAgent(["backup", "--config", config], environment);
    if (exitCode !== 0) throw new Error(messages);
    return milliseconds;
  }
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
await benchStatus();
await benchExample();

function toNowhere(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const began = performance.now();
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  child.stdout.resume();
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve(performance.now() - began) : reject(new Error(`${command} ended with ${code}`))));
  });
}
