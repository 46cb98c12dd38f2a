import { agentConfigSchema, ExitCode, Verdict } from "@pgkeep/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Receiver, startReceiver } from "../notify/receiver.fixture.js";
import { silentReporter } from "../reporter.js";
import { checkNotifications } from "./checkNotifications.js";

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.stop());

function check(notify: object = {}, environment?: Record<string, string>) {
  const config = agentConfigSchema.parse({ version: 1, cluster: "shop", databases: ["shop"], store: { url: "file:///x" }, notify });
  const both = { PGKEEP_HEARTBEAT_URL: `${receiver.url}/ping/canary`, PGKEEP_WEBHOOK_URL: `${receiver.url}/hook/canary` };
  const signal = new AbortController().signal;
  return checkNotifications({ config, environment: environment ?? both, reporter: silentReporter, signal });
}

it("sends a test of each kind, none of which says that anything happened", async () => {
  const checks = await check({ webhook: { events: ["failed", "succeeded"] } });
  expect(checks.map(({ name, verdict }) => [name, verdict])).toEqual([
    [`heartbeat at ${receiver.host}`, Verdict.Pass],
    [`webhook at ${receiver.host}`, Verdict.Pass],
  ]);
  expect(checks[1]?.details[0]).toContain("it answered 200 to a test of failed, it answered 200 to a test of succeeded");
  expect(receiver.received[0]?.path).toMatch(/^\/ping\/canary\/log\?rid=/);
  const documents = receiver.received.slice(1).map(({ body }) => JSON.parse(body));
  expect(documents.map(({ event, test }) => [event, test])).toEqual([
    ["failed", true],
    ["succeeded", true],
  ]);
  expect(JSON.stringify(checks)).not.toContain("canary");
});

it("tells what a receiver answers that does not take it", async () => {
  receiver.answers.push({ status: 404 }, { status: 401 });
  const checks = await check();
  expect(checks.map(({ verdict, exitCode }) => [verdict, exitCode])).toEqual([
    [Verdict.Fail, ExitCode.Unavailable],
    [Verdict.Fail, ExitCode.Unavailable],
  ]);
  expect(checks.map(({ problems }) => problems[0]?.reason)).toEqual([
    "the test was not taken: it answered 404",
    "the test was not taken: it answered 401",
  ]);
  expect(JSON.stringify(checks)).not.toContain("canary");
});

it("verifies nothing where nobody is named, or a ping would tell an untruth", async () => {
  expect((await check({}, {})).map(({ verdict }) => verdict)).toEqual([Verdict.CouldNotVerify]);
  const plain = await check({ heartbeat: { form: "plain" } }, { PGKEEP_HEARTBEAT_URL: `${receiver.url}/canary` });
  expect(plain.map(({ verdict }) => verdict)).toEqual([Verdict.CouldNotVerify]);
  expect(receiver.received).toEqual([]);
  expect(await check({}, { PGKEEP_HEARTBEAT_URL: "canary" })).toMatchObject([{ verdict: Verdict.Fail, exitCode: ExitCode.Configuration }]);
});
