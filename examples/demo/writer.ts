import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { DemoServer, Login } from "./server.js";

/** A running application: each writer records a payment in `syntho-core`, commits, books it in `syntho-backend`, commits, and goes on. */
export interface Writers {
  count: number;
  /** Commits so far, in both databases together. */
  commits(): number;
  /** Commits per second since the beginning. */
  rate(): number;
  /** From now on about so many, or as many as they can. Busy writers would take the machine from what is shown meanwhile. */
  pace(commitsPerSecond: number | undefined): void;
  stop(): Promise<void>;
}

/** `firstNumber` must be higher than any that an earlier start wrote. */
export async function startWriters(server: DemoServer, login: Login, count: number, firstNumber = 1): Promise<Writers> {
  let stopping = false;
  let commits = 0;
  let pauseMilliseconds = 0;
  const sessions = await Promise.all(
    Array.from({ length: count }, async () => ({
      core: await server.connect("syntho-core", login),
      backend: await server.connect("syntho-backend", login),
    })),
  );
  const beganAt = performance.now();
  const loops = sessions.map(async ({ core, backend }, index) => {
    const writer = index + 1;
    for (let number = firstNumber; !stopping; number++) {
      await pay(core, writer, number);
      commits++;
      await book(backend, writer, number);
      commits++;
      if (pauseMilliseconds > 0) await sleep(pauseMilliseconds);
    }
    await Promise.all([core.end(), backend.end()]);
  });
  // Told by stop(); without this an error in between would end the process.
  const ended = Promise.all(loops);
  ended.catch(() => undefined);
  return {
    count,
    commits: () => commits,
    rate: () => Math.round((1000 * commits) / (performance.now() - beganAt)),
    pace: (commitsPerSecond) => {
      pauseMilliseconds = commitsPerSecond === undefined ? 0 : (2 * 1000 * count) / commitsPerSecond;
    },
    stop: async () => {
      stopping = true;
      await ended;
    },
  };
}

function pay(core: pg.Client, writer: number, number: number): Promise<unknown> {
  return core.query({
    name: "pay",
    text: "INSERT INTO payment (writer, number, organisation_id, amount) VALUES ($1, $2, md5('organisation ' || 1 + $2::bigint % 40)::uuid, 1 + $2::bigint % 90)",
    values: [writer, number],
  });
}

function book(backend: pg.Client, writer: number, number: number): Promise<unknown> {
  return backend.query({
    name: "book",
    text: "INSERT INTO ledger.ledger_entry (writer, number, account_id, amount) VALUES ($1, $2, 1 + $2::bigint % 40, 1 + $2::bigint % 90)",
    values: [writer, number],
  });
}
