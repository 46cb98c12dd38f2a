import { Verdict } from "@pgkeep/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type CopyUnderTest, judge } from "../../packages/agent/src/drill/physical/judge.js";
import type { Session } from "../../packages/agent/src/postgresql/session.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { startPostgres, type TestServer } from "../support/postgresServer.js";

let server: TestServer;
let copy: CopyUnderTest;

beforeAll(async () => {
  server = await startPostgres();
  copy = { connection: server.connection, reporter: silentReporter, patienceMilliseconds: 20_000 };
});
afterAll(() => server?.stop());

const found = { found: "all is well", damaged: [], unverified: [] };

/** As damage can do it: the process that reads dies of a signal, and the server restarts all others. */
async function crash(session: Session): Promise<never> {
  process.kill(session.processId, "SIGSEGV");
  await session.query("SELECT pg_sleep(60)");
  throw new Error("the server process did not die");
}

it("fails what the server's process dies of each time, while the server comes back", async () => {
  const check = await judge("rows of shop", copy, "postgres", crash);
  expect(check).toMatchObject({ verdict: Verdict.Fail, details: [expect.stringMatching(/ended twice while the server itself goes on/)] });
});

it("passes what a second try reads to its end", async () => {
  let tries = 0;
  const check = await judge("rows of shop", copy, "postgres", async (session) => {
    tries += 1;
    return tries === 1 ? await crash(session) : found;
  });
  expect(check).toEqual({ name: "rows of shop", verdict: Verdict.Pass, details: ["all is well"] });
});

it("says nothing against the copy where somebody ended the session on purpose, or the server is gone", async () => {
  const ended = await judge("rows of shop", copy, "postgres", async (session) => {
    await session.query("SELECT pg_terminate_backend(pg_backend_pid())");
    return found;
  });
  expect(ended.verdict).toBe(Verdict.CouldNotVerify);
  const gone = await judge("rows of shop", { ...copy, patienceMilliseconds: 100 }, "postgres", async (session) => {
    await server.kill();
    await session.query("SELECT 1");
    return found;
  });
  expect(gone.verdict).toBe(Verdict.CouldNotVerify);
});
