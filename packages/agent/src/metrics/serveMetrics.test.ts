import { get } from "node:http";
import { ExitCode, type ProblemError } from "@pgkeep/core";
import { expect, it } from "vitest";
import { MetricsSource } from "./MetricsSource.js";
import { parseListenAddress, serveMetrics } from "./serveMetrics.js";
import { fullStatus } from "./status.fixture.js";

const source = new MetricsSource({
  cluster: "shop",
  read: () => Promise.resolve(fullStatus),
  refresh: 60_000,
  failed: () => expect.fail(),
});

it("answers /metrics and whether it lives, and nothing else", async () => {
  const server = await serveMetrics(source, { host: "127.0.0.1", port: 0 });
  try {
    const answer = await fetch(server.url);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(await answer.text()).toContain('pgkeep_up{postgres_cluster="shop"} 1');
    expect((await fetch(new URL("/", server.url))).status).toBe(404);
    expect((await fetch(server.url, { method: "POST", body: "x" })).status).toBe(405);
    const port = Number(new URL(server.url).port);
    const refused = await serveMetrics(source, { host: "127.0.0.1", port }).then(
      () => expect.fail("two cannot listen there"),
      (error: ProblemError) => error,
    );
    expect(refused).toMatchObject({ exitCode: ExitCode.Unavailable, message: expect.stringContaining("somebody else listens there") });
  } finally {
    await server.close();
  }
  await expect(fetch(server.url)).rejects.toThrow();
});

it("lives and serves where the store was never read", async () => {
  const failures: unknown[] = [];
  const away = new MetricsSource({
    cluster: "shop",
    read: () => Promise.reject(new Error("away")),
    refresh: 60_000,
    failed: (error) => failures.push(error),
  });
  const server = await serveMetrics(away, { host: "127.0.0.1", port: 0 });
  try {
    const alive = await fetch(new URL("/healthz", server.url));
    expect([alive.status, await alive.text(), failures]).toEqual([200, "ok\n", []]);
    expect(await (await fetch(server.url)).text()).toContain('pgkeep_up{postgres_cluster="shop"} 0');
    expect(failures).toHaveLength(1);
  } finally {
    await server.close();
  }
});

it("stands requests for what is no path", async () => {
  const server = await serveMetrics(source, { host: "127.0.0.1", port: 0 });
  const port = Number(new URL(server.url).port);
  const ask = (path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      get({ port, host: "127.0.0.1", path }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).once("error", reject);
    });
  try {
    expect([await ask("//"), await ask("http://"), await ask("*"), await ask("/metrics?name[]=x")]).toEqual([404, 404, 404, 200]);
  } finally {
    await server.close();
  }
});

it.each([
  ["127.0.0.1:9187", { host: "127.0.0.1", port: 9187 }],
  ["[::1]:9187", { host: "::1", port: 9187 }],
  ["localhost:0", { host: "localhost", port: 0 }],
  ["9187", undefined],
  ["127.0.0.1", undefined],
  ["127.0.0.1:70000", undefined],
  ["::1:9187", undefined],
])("reads %s", (text, address) => {
  expect(parseListenAddress(text)).toEqual(address);
});
