import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { renderTable } from "../../packages/agent/src/terminal/renderTable.js";
import { writeManyPoints } from "../status/manyPoints.js";
import { credentialsOf } from "../store/storeUnderTest.js";
import { runAgent } from "../support/agentProcess.js";
import { startS3 } from "../support/s3Server.js";

const ROUNDS = 5;
const COUNT = 5000;

/** How long `pgkeep status` takes, the whole command, on a store with 5,000 recovery points: in a folder and in S3 on loopback. */
export async function benchStatus(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-bench-status-"));
  const s3 = await startS3();
  try {
    await s3.createBucket("many");
    const stored = join(folder, "store");
    mkdirSync(stored);
    const newestAt = new Date(Math.floor(Date.now() / 1000) * 1000 - 7_200_000);
    writeManyPoints({ folders: [stored, join(s3.objectsFolder, "many")], cluster: "shop", count: COUNT, newestAt, drillEvery: 100 });
    const rows: string[][] = [];
    for (const [name, store] of [
      ["a folder", { url: `file://${stored}` }],
      ["S3 (versitygw, loopback)", { url: "s3://many", endpoint: s3.endpoint, forcePathStyle: true }],
    ] as const) {
      const config = join(folder, "pgkeep.yaml");
      writeFileSync(config, stringify({ version: 1, cluster: "shop", databases: ["shop"], objectives: { rpo: "3h" }, store }));
      const environment = { ...process.env, ...credentialsOf(s3) };
      const seconds: number[] = [];
      let requests = "";
      for (let round = 0; round < ROUNDS; round += 1) {
        const { exitCode, result, messages, milliseconds } = await runAgent(["status", "--json", "--config", config], environment);
        if (exitCode !== 0) throw new Error(`${messages}${result}`);
        const report = JSON.parse(result) as { requests: { pages: number; reads: number } };
        requests = `${report.requests.pages} pages, ${report.requests.reads} documents`;
        seconds.push(milliseconds / 1000);
      }
      const sorted = seconds.toSorted((a, b) => a - b);
      rows.push([name, `${sorted[Math.floor(ROUNDS / 2)]?.toFixed(2)} s`, `${sorted.at(-1)?.toFixed(2)} s`, requests]);
    }
    console.log(`\npgkeep status of ${COUNT.toLocaleString("en")} recovery points, ${ROUNDS} rounds`);
    console.log(renderTable(["", "median", "slowest", "requests"], rows));
  } finally {
    await s3.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
