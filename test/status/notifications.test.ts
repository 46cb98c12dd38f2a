import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Receiver, startReceiver } from "../../packages/agent/src/notify/receiver.fixture.js";
import { Project } from "../agent/Project.js";
import { freePort } from "../support/freePort.js";
import { startPostgres, type TestServer } from "../support/postgresServer.js";
import { makeCertificates, type TestCertificates } from "../support/testCertificates.js";

const CANARY = "canary-0f3a9";
let server: TestServer;
let receiver: Receiver;
let project: Project;
let untrusted: Server;
let certificates: TestCertificates;

beforeAll(async () => {
  server = await startPostgres();
  await server.psql("CREATE DATABASE shop");
  receiver = await startReceiver();
  certificates = makeCertificates("IP:127.0.0.1");
  untrusted = createServer({ key: readFileSync(certificates.key), cert: readFileSync(certificates.certificate) });
  await new Promise<void>((resolve) => untrusted.listen(0, "127.0.0.1", resolve));
  project = new Project();
  project.configure(server.connection, ["shop"], { notify: { webhook: { events: ["started", "succeeded", "failed"] } } });
  project.secrets.push(CANARY);
});

afterAll(async () => {
  project?.remove();
  untrusted?.close();
  certificates?.remove();
  await receiver?.stop();
  await server?.stop();
});

beforeEach(() => {
  receiver.received.length = 0;
  receiver.answers.length = 0;
});

const to = (base: string) => `${base}/${CANARY}?key=${CANARY}`;

async function backUp(heartbeat: string, webhook: string): Promise<string> {
  const environment = { PGKEEP_HEARTBEAT_URL: to(heartbeat), PGKEEP_WEBHOOK_URL: to(webhook), PGKEEP_WEBHOOK_TOKEN: CANARY };
  const { exitCode, stdout, stderr } = await project.run(["backup", "--json"], { environment });
  expect(exitCode, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ manifest: { cluster: "test" } });
  return stderr;
}

it("a backup is one whoever is away: at a closed port, with a certificate that nobody trusts", async () => {
  const [closed, tls] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${(untrusted.address() as AddressInfo).port}`];
  const told = await backUp(`http://${closed}`, `https://${tls}`);
  expect(told).toContain(`the heartbeat at ${closed} was not told: it refused the connection`);
  expect(told).toMatch(new RegExp(`the webhook at ${tls} was not told: its certificate is not trusted, or TLS failed \\(\\w+\\)`));
});

it("a backup is one whoever hangs or fails", async () => {
  project.edit((config) => {
    config.notify.timeout = "3s";
  });
  const hanging = await startReceiver();
  try {
    hanging.answers.push(...Array.from({ length: 12 }, () => "hang" as const));
    receiver.answers.push(...Array.from({ length: 12 }, () => ({ status: 500 })));
    const told = await backUp(hanging.url, receiver.url);
    expect(told).toContain(`the heartbeat at ${hanging.host} was not told: it did not answer within `);
    expect(told).toContain(`the webhook at ${receiver.host} was not told: it answered 500`);
  } finally {
    await hanging.stop();
    project.edit((config) => {
      delete config.notify.timeout;
    });
  }
});

it("whoever listens is told, and nothing that is stored or printed holds an address or the token", async () => {
  const told = await backUp(receiver.url, receiver.url);
  expect(told).not.toContain("was not told");
  const events = receiver.received
    .filter(({ headers }) => headers.authorization === `Bearer ${CANARY}`)
    .map(({ body }) => JSON.parse(body).event);
  expect(events).toEqual(["started", "succeeded"]);
  const pings = receiver.received.filter(({ headers }) => headers.authorization === undefined).map(({ path }) => path.split("?")[0]);
  expect(pings).toEqual([`/${CANARY}/start`, `/${CANARY}`]);
  const files = readdirSync(project.store, { recursive: true }).map((name) => join(project.store, String(name)));
  for (const file of files.filter((path) => statSync(path).isFile())) expect(readFileSync(file).includes(CANARY), file).toBe(false);
});

it("a backup that fails says so by its own exit code, and the others are told of that one", async () => {
  // As a secret is mounted: from a file of its own.
  const file = join(project.folder, "webhook");
  writeFileSync(file, `${to(receiver.url)}\n`, { mode: 0o600 });
  const environment = { PGKEEP_WEBHOOK_URL_FILE: file, PGPORT: "1" };
  project.edit((config) => {
    config.connection.port = 1;
  });
  const { exitCode } = await project.run(["backup", "--json"], { environment });
  expect(exitCode).toBe(69);
  expect(receiver.received.map(({ body }) => JSON.parse(body))).toMatchObject([
    { event: "started" },
    { event: "failed", exitCode: 69, problems: [{}] },
  ]);
});

it("addresses that are wrong are an error of the configuration where that is asked for", async () => {
  const environment = { PGKEEP_HEARTBEAT_URL: `${CANARY} is no address` };
  const { exitCode, stderr } = await project.run(["config", "check"], { environment });
  expect(exitCode).toBe(78);
  expect(stderr).toContain("PGKEEP_HEARTBEAT_URL");
});
