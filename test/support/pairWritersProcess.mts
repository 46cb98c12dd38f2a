/**
 * The process that `pairWriters.ts` starts: a load of its own, so that the writers neither share an event loop with the agent under test
 * nor end when a test blocks. Node runs this file as it is (types are stripped), hence it imports nothing of the project.
 */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

interface Task {
  connection: { host: string; port: number; user: string; password?: string };
  databases: string[];
  writers: number;
  commitsPerSecond: number;
  churn: boolean;
}

const clients: pg.Client[] = [];
const count = { commits: 0, churned: 0, refused: 0 };
let stopping = false;

async function connect(task: Task, database: string): Promise<pg.Client> {
  const client = new pg.Client({ ...task.connection, database, application_name: "pair-writer", ssl: false });
  client.on("error", () => undefined);
  await client.connect();
  clients.push(client);
  return client;
}

/** Commits n in the first database, then n in the second, and so on, before n + 1 begins. */
async function writePairs(task: Task, writer: number): Promise<void> {
  const sessions = await Promise.all(task.databases.map((database) => connect(task, database)));
  const [first] = sessions;
  const seen = await first?.query("SELECT coalesce(max(n), 0)::int AS n FROM pair WHERE writer = $1", [writer]);
  const interval = (1000 * task.writers * sessions.length) / task.commitsPerSecond;
  let due = performance.now();
  for (let n = (seen?.rows[0]?.n ?? 0) + 1; !stopping; n++) {
    // At random times, as independent clients come: evenly paced writers would leave quiet gaps that make a common instant too easy.
    due -= Math.log(1 - Math.random()) * interval;
    while (!stopping && performance.now() < due) await sleep(Math.max(1, Math.min(100, due - performance.now())));
    for (const session of sessions) {
      await session.query({ name: "write", text: "INSERT INTO pair VALUES ($1, $2)", values: [writer, n] });
      count.commits++;
    }
  }
}

const FILL = (table: string, generation: number) => `INSERT INTO ${table} SELECT i, ${generation} FROM generate_series(1, 1000) i`;

/** Everything that empties, rewrites, swaps or makes a table; in every committed state each of these tables holds 1000 rows of one generation. */
function churnStatements(generation: number): string[] {
  const type = generation % 2 === 0 ? "bigint" : "int";
  return [
    `BEGIN; TRUNCATE truncated; ${FILL("truncated", generation)}; COMMIT`,
    `ALTER TABLE rewritten ALTER COLUMN i TYPE ${type}`,
    `BEGIN; CREATE TABLE swapped_new (i int, generation int); ${FILL("swapped_new", generation)}; DROP TABLE swapped; ALTER TABLE swapped_new RENAME TO swapped; COMMIT`,
    `BEGIN; DROP TABLE IF EXISTS "made ${generation}"; CREATE TABLE "made ${generation}" (i int, generation int); ${FILL(`"made ${generation}"`, generation)}; COMMIT`,
    // Made and truncated at once: between the two a snapshot may see the table, and no lock list knows it yet.
    `BEGIN; TRUNCATE "made ${generation}"; ${FILL(`"made ${generation}"`, generation)}; COMMIT`,
    `DROP TABLE IF EXISTS "made ${generation - 5}"`,
    "VACUUM FULL rewritten",
  ];
}

async function churn(task: Task): Promise<void> {
  const sessions = await Promise.all(task.databases.map((database) => connect(task, database)));
  // While a snapshot is held these wait for its locks; giving up soon keeps them from piling up before the readers behind them.
  for (const session of sessions) await session.query("SET lock_timeout = '50ms'");
  const first = await sessions[0]?.query("SELECT coalesce(max(generation), 0)::int AS generation FROM truncated");
  for (let generation = (first?.rows[0]?.generation ?? 0) + 1; !stopping; generation++) {
    for (const statement of churnStatements(generation)) {
      for (const session of sessions) await insist(session, statement);
    }
  }
}

async function insist(session: pg.Client, statement: string): Promise<void> {
  while (!stopping) {
    try {
      await session.query(statement);
      count.churned++;
      return;
    } catch (error) {
      await session.query("ROLLBACK");
      if (!["55P03", "40P01"].includes((error as { code?: string }).code ?? "")) throw error;
      count.refused++;
      await sleep(20);
    }
  }
}

process.on("message", async (message: { start?: Task; stop?: true; count?: true }) => {
  if (message.count) process.send?.({ count });
  if (message.stop) stopping = true;
  if (message.start) {
    const task = message.start;
    try {
      const work = Array.from({ length: task.writers }, (_, writer) => writePairs(task, writer));
      if (task.churn) work.push(churn(task));
      process.send?.({ started: true });
      await Promise.all(work);
      await Promise.all(clients.map((client) => client.end()));
      process.send?.({ stopped: count }, () => process.exit(0));
    } catch (error) {
      process.send?.({ failed: String(error) }, () => process.exit(1));
    }
  }
});
// The test process is gone: so are we.
process.on("disconnect", () => process.exit(0));
