import { agentConfigSchema, ExitCode, NotifiedJob, ProblemError } from "@pgkeep/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { silentReporter } from "../reporter.js";
import { openNotifier } from "./notifier.js";
import { notifying } from "./notifying.js";
import { type Receiver, startReceiver } from "./receiver.fixture.js";

let receiver: Receiver;
let warnings: string[];
beforeEach(async () => {
  receiver = await startReceiver();
  warnings = [];
});
afterEach(() => receiver.stop());

function open(notify: object = {}, environment?: Record<string, string>) {
  const config = agentConfigSchema.parse({ version: 1, cluster: "shop", databases: ["shop"], store: { url: "file:///x" }, notify });
  const both = { PGKEEP_HEARTBEAT_URL: `${receiver.url}/ping/canary?key=canary`, PGKEEP_WEBHOOK_URL: `${receiver.url}/hook/canary` };
  const reporter = { ...silentReporter, warning: (message: string) => warnings.push(message) };
  return openNotifier({ config, environment: environment ?? both, reporter });
}

const all = { webhook: { events: ["started", "succeeded", "failed"] } };
const paths = () => receiver.received.map(({ path }) => path);
const documents = () => receiver.received.filter(({ path }) => path.startsWith("/hook")).map(({ body }) => JSON.parse(body));

it("tells the beginning and the end of a job, tied together by a run's id", async () => {
  const notifier = await open(all, {
    PGKEEP_HEARTBEAT_URL: `${receiver.url}/ping/u`,
    PGKEEP_WEBHOOK_URL: `${receiver.url}/hook`,
    PGKEEP_WEBHOOK_TOKEN: "t0ken",
  });
  const result = await notifying(
    notifier,
    NotifiedJob.Backup,
    () => ({ recoveryPoint: "20261121T020000Z-4f9k2m1x", summary: "1 database", facts: { rows: 7 } }),
    () => Promise.resolve("result"),
  );
  expect(result).toBe("result");
  const [started, succeeded] = documents();
  expect(paths().filter((path) => path.startsWith("/ping"))).toEqual([`/ping/u/start?rid=${started.run}`, `/ping/u?rid=${started.run}`]);
  expect(receiver.received.find(({ path }) => path.startsWith("/ping/u?"))?.body).toBe("backup of shop succeeded: 1 database");
  expect(started).toMatchObject({ version: 1, event: "started", test: false, job: "backup", cluster: "shop", exitCode: null });
  expect(succeeded).toMatchObject({
    version: 1,
    event: "succeeded",
    run: started.run,
    exitCode: 0,
    recoveryPoint: "20261121T020000Z-4f9k2m1x",
    text: "backup of shop succeeded: 1 database",
    facts: { rows: 7 },
    milliseconds: expect.any(Number),
    agent: { version: expect.any(String), host: expect.any(String) },
  });
  expect(succeeded.id).not.toBe(started.id);
  for (const { headers } of receiver.received.filter(({ path }) => path === "/hook")) expect(headers.authorization).toBe("Bearer t0ken");
  for (const { headers } of receiver.received.filter(({ path }) => path !== "/hook")) expect(headers.authorization).toBeUndefined();
  expect(warnings).toEqual([]);
});

it("tells a failure by its exit code and its problems, and throws what the job threw", async () => {
  const notifier = await open();
  const problem = { where: "connection", reason: "nobody answers", received: "db.internal", next: "start it" };
  const error = new ProblemError(ExitCode.Unavailable, problem);
  await expect(
    notifying(
      notifier,
      NotifiedJob.Backup,
      () => ({}),
      () => Promise.reject(error),
    ),
  ).rejects.toBe(error);
  expect(paths().some((path) => path.startsWith("/ping/canary/69?key=canary&rid="))).toBe(true);
  expect(documents()).toMatchObject([
    {
      event: "failed",
      exitCode: 69,
      recoveryPoint: null,
      text: "backup of shop ended with exit code 69: connection: nobody answers",
      problems: [{ where: "connection", reason: "nobody answers" }],
    },
  ]);
});

it("tells strangers nothing that a defect of ours says", async () => {
  const notifier = await open();
  await notifier.failed(NotifiedJob.Backup, new Error("canary-secret"));
  expect(documents()).toMatchObject([
    { exitCode: 70, text: "backup of shop ended with exit code 70: pgkeep: a defect of pgkeep, which its log describes" },
  ]);
});

it("tells a job that ended in order with another exit code than 0 as a failure", async () => {
  const notifier = await open({ heartbeat: { jobs: ["drill"] } });
  await notifying(
    notifier,
    NotifiedJob.Drill,
    () => ({ exitCode: ExitCode.DataWrong, summary: "FAIL" }),
    () => Promise.resolve(),
  );
  expect(documents()).toMatchObject([{ event: "failed", job: "drill", text: "drill of shop ended with exit code 65: FAIL" }]);
  expect(paths().some((path) => path.startsWith("/ping/canary/65?"))).toBe(true);
});

it("pings for the jobs that are asked for only, and plainly where that is all a service knows", async () => {
  const notifier = await open({ heartbeat: { form: "plain" }, webhook: { jobs: ["drill"] } });
  await notifying(
    notifier,
    NotifiedJob.Drill,
    () => ({}),
    () => Promise.resolve(),
  );
  expect(receiver.received).toEqual([]);
  await notifier.failed(NotifiedJob.Backup, new ProblemError(ExitCode.TryAgain, []));
  expect(receiver.received).toEqual([]);
  await notifying(
    notifier,
    NotifiedJob.Backup,
    () => ({}),
    () => Promise.resolve(),
  );
  expect(receiver.received).toMatchObject([{ method: "GET", path: "/ping/canary?key=canary" }]);
});

it("warns by the host alone when nobody takes it, and the job goes on", async () => {
  const notifier = await open({ ...all, timeout: "300ms" });
  for (const answer of ["hang", "cut", { status: 500 }, { status: 404 }, "hang", "cut"] as const) receiver.answers.push(answer);
  expect(
    await notifying(
      notifier,
      NotifiedJob.Backup,
      () => ({}),
      () => Promise.resolve(42),
    ),
  ).toBe(42);
  expect(warnings.length).toBeGreaterThanOrEqual(3);
  for (const warning of warnings) expect(warning).toMatch(new RegExp(`^the (heartbeat|webhook) at ${receiver.host} was not told: `));
  expect(warnings.join()).not.toContain("canary");
});

it("warns once of addresses that are none, and the job goes on", async () => {
  const notifier = await open({}, { PGKEEP_HEARTBEAT_URL: "canary", PGKEEP_WEBHOOK_TOKEN: "canary" });
  expect(
    await notifying(
      notifier,
      NotifiedJob.Backup,
      () => ({}),
      () => Promise.resolve(42),
    ),
  ).toBe(42);
  expect(warnings).toEqual([expect.stringContaining("nobody is notified: PGKEEP_HEARTBEAT_URL: this is not an address")]);
  expect(warnings.join()).not.toContain("canary");
});
