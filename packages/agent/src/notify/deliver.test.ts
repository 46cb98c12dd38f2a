import { createServer } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { deliver } from "./deliver.js";
import { type Receiver, startReceiver } from "./receiver.fixture.js";

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.stop());

const post = (url: string, timeout = 10_000) =>
  deliver({ method: "POST", url: new URL(url), headers: { authorization: "Bearer t" }, body: "x" }, { timeout });

it("is done with one request that is taken", async () => {
  receiver.answers.push({ status: 202 });
  expect(await post(`${receiver.url}/canary`)).toEqual({ delivered: true, status: 202 });
  expect(receiver.received).toMatchObject([{ method: "POST", path: "/canary", body: "x" }]);
});

it("tries again what may pass: a busy server, a lost connection; three times in all", async () => {
  receiver.answers.push({ status: 503 }, "cut", { status: 200 });
  expect(await post(receiver.url)).toEqual({ delivered: true, status: 200 });
  receiver.answers.push({ status: 500 }, { status: 500 }, { status: 500 });
  expect(await post(receiver.url)).toEqual({ delivered: false, reason: "it answered 500" });
  expect(receiver.received).toHaveLength(6);
});

it("does not ask again what is refused", async () => {
  receiver.answers.push({ status: 404 });
  expect(await post(`${receiver.url}/canary`)).toEqual({ delivered: false, reason: "it answered 404" });
  expect(receiver.received).toHaveLength(1);
});

it("follows no redirect, for the token would go along", async () => {
  const other = await startReceiver();
  try {
    receiver.answers.push({ status: 307, location: `${other.url}/canary` });
    const answer = await post(receiver.url);
    expect(answer).toMatchObject({ delivered: false, reason: expect.stringContaining(`go on to ${other.host}`) });
    expect(JSON.stringify(answer)).not.toContain("canary");
    expect(other.received).toEqual([]);
  } finally {
    await other.stop();
  }
});

it("waits for no longer than it may", async () => {
  receiver.answers.push("hang", "hang", "hang");
  const began = performance.now();
  expect(await post(receiver.url, 600)).toMatchObject({
    delivered: false,
    reason: expect.stringMatching(/^it did not answer within \d+ ms$/),
  });
  // What the limits add up to is 0.6 s; the rest is for a busy machine.
  expect(performance.now() - began).toBeLessThan(10_000);
});

it("names what went wrong on the way, and no address", async () => {
  const { port } = await closedPort();
  expect(await post(`http://127.0.0.1:${port}/canary`, 300)).toEqual({ delivered: false, reason: "it refused the connection" });
  expect(await post(`http://no-such-host.invalid/canary`, 300)).toEqual({
    delivered: false,
    reason: expect.stringMatching(/^(no such host is known|the name server did not answer|it did not answer within .*)$/),
  });
  // A server that speaks no TLS.
  const tls = await post(receiver.url.replace("http", "https"), 300);
  expect(tls).toMatchObject({ delivered: false, reason: expect.stringMatching(/TLS/) });
});

it("begins no further try once it is not wanted any more", async () => {
  receiver.answers.push({ status: 500 });
  const answer = await deliver({ method: "GET", url: new URL(receiver.url) }, { timeout: 30_000, signal: AbortSignal.abort() });
  expect(answer).toEqual({ delivered: false, reason: "it answered 500" });
  expect(receiver.received).toHaveLength(1);
});

/** A port at which nobody listens any more. */
async function closedPort(): Promise<{ port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return { port };
}
