import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ExitCode } from "@pgkeep/core";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DumpCronJob, type DumpCronJobArgs, KubernetesImagePullPolicy, SslMode } from "../../packages/kubernetes/src/index.js";
import { Project } from "../agent/Project.js";
import { createShop, SHOP } from "../agent/shop.js";
import { AGENT_IMAGE } from "../support/cluster/agentImage.js";
import { type JoinedCluster, joinCluster, missingSharedCluster } from "../support/cluster/joinCluster.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { freePort } from "../support/freePort.js";
import { missingPostgres, startPostgres, type TestServer } from "../support/postgresServer.js";
import { missingS3, startS3, type TestS3 } from "../support/s3Server.js";
import { makeCertificates, type TestCertificates } from "../support/testCertificates.js";

const NAMESPACE = "dump-cron-job";
const missing = missingSharedCluster() ?? missingEngine() ?? missingPostgres(15) ?? missingS3();

interface Job {
  metadata: { name: string; uid: string; creationTimestamp: string; annotations?: Record<string, string> };
  status: { conditions?: { type: string; status: string; reason?: string; message?: string }[]; failed?: number; succeeded?: number };
}

interface Pod {
  metadata: { name: string; creationTimestamp: string };
  spec: { serviceAccountName: string; volumes: { name: string }[] };
  status: { phase: string; containerStatuses?: { state: { terminated?: { exitCode: number; message?: string } } }[] };
}

/**
 * The component deployed by the real engine onto a real node, under the restricted Pod Security and beside policies that deny everything. The bridge of this
 * rig enforces no NetworkPolicy: what the component's own would let through is asked in `test/engine/dumpCronJobNetwork.test.ts`.
 */
describe.skipIf(missing !== undefined)("DumpCronJob on a node", () => {
  let cluster: JoinedCluster;
  let server: TestServer;
  let certificates: TestCertificates;
  let s3: TestS3;
  let stack: EngineStack;
  let project: Project;
  let suspend = false;

  const program = (everyMinute: DumpCronJobArgs, unreachable: string) => () => {
    const { agentConfiguration } = new DumpCronJob("nightly", { ...everyMinute, suspend });
    const seldom = { ...everyMinute, schedule: "0 2 1 1 *", network: { policies: false } };
    new DumpCronJob("by-hand", seldom);
    new DumpCronJob("misconfigured", { ...seldom, databases: ["absent"], retries: 3 });
    new DumpCronJob("without-store", { ...seldom, store: { ...everyMinute.store, endpoint: unreachable }, retries: 1 });
    return Promise.resolve({ agentConfiguration });
  };

  beforeAll(async () => {
    cluster = joinCluster();
    certificates = makeCertificates(`IP:${cluster.hostAddress}`);
    server = await startPostgres({ settings: { ssl: true, ssl_cert_file: certificates.certificate, ssl_key_file: certificates.key } });
    await createShop(server);
    s3 = await startS3();
    await s3.createBucket("shop-backups");
    const { port, user, password } = server.connection;
    const [storePort, nobody] = [Number(new URL(s3.endpoint).port), await freePort()];
    await cluster.expose(port);
    await cluster.expose(storePort);

    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE, labels } });
    const object = (name: string) => ({ name, namespace: NAMESPACE });
    await cluster.apply({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: object("deny-everything"),
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    });
    await cluster.apply({ apiVersion: "v1", kind: "Secret", metadata: object("shop-dump"), stringData: { password } });
    const keys = { id: s3.accessKey, secret: s3.secretKey };
    await cluster.apply({ apiVersion: "v1", kind: "Secret", metadata: object("shop-store"), stringData: keys });
    const authorities = { "ca.crt": readFileSync(certificates.authority, "utf8") };
    await cluster.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: object("shop-authorities"), data: authorities });

    const args: DumpCronJobArgs = {
      namespace: NAMESPACE,
      cluster: "shop",
      databases: SHOP,
      server: { host: cluster.hostAddress, port, username: user, passwordSecret: { name: "shop-dump", key: "password" } },
      tls: { mode: SslMode.VerifyFull, caConfigMap: { name: "shop-authorities", key: "ca.crt" } },
      store: {
        url: "s3://shop-backups/postgres",
        endpoint: `http://${cluster.hostAddress}:${storePort}`,
        region: "us-east-1",
        forcePathStyle: true,
      },
      secrets: {
        AWS_ACCESS_KEY_ID: { name: "shop-store", key: "id" },
        AWS_SECRET_ACCESS_KEY: { name: "shop-store", key: "secret" },
      },
      image: AGENT_IMAGE,
      allowImageTag: true,
      imagePullPolicy: KubernetesImagePullPolicy.Never,
      schedule: "* * * * *",
      network: { databaseCidr: `${cluster.hostAddress}/32`, storeCidrs: [`${cluster.hostAddress}/32`] },
    };
    stack = await startStack({
      program: program(args, `http://${cluster.hostAddress}:${nobody}`),
      providers: [kubernetesProvider()],
      secrets: { "kubernetes:kubeconfig": cluster.kubeconfig },
    });
    await stack.up();
    project = new Project();
  });
  afterAll(async () => {
    await stack?.destroy();
    await stack?.dispose();
    project?.remove();
    await s3?.stop();
    await server?.stop();
    certificates?.remove();
    await cluster?.leave();
  });

  const kubectl = (...words: string[]) => cluster.kubectl(`--namespace=${NAMESPACE}`, ...words);
  async function list<Kind>(kind: string, selector = ""): Promise<Kind[]> {
    const text = await kubectl("get", kind, `--selector=${selector}`, "--output=json");
    return (JSON.parse(text) as { items: Kind[] }).items;
  }
  const podsOf = (job: string) => list<Pod>("pods", `batch.kubernetes.io/job-name=${job}`);
  const exitCodesOf = async (job: string) =>
    (await podsOf(job)).map(({ status }) => status.containerStatuses?.[0]?.state.terminated?.exitCode ?? status.phase);
  async function jobNamed(name: string): Promise<Job> {
    return JSON.parse(await kubectl("get", "job", name, "--output=json")) as Job;
  }

  async function until<Value>(what: string, ask: () => Promise<Value | undefined> | Value | undefined, seconds = 150): Promise<Value> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const value = await ask();
      if (value !== undefined) return value;
      if (Date.now() > end) {
        const pods = await kubectl("describe", "pods").catch(String);
        const jobs = await kubectl("get", "jobs,pods", "--output=wide").catch(String);
        return expect.fail(`${what} did not come about:\n${jobs}\n${pods.slice(-6000)}`);
      }
      await sleep(500);
    }
  }
  /** The condition that ended a job. */
  const ended = (name: string) =>
    until(`the end of ${name}`, async () =>
      (await jobNamed(name)).status.conditions?.find(({ type, status }) => status === "True" && (type === "Complete" || type === "Failed")),
    );

  async function points(): Promise<string[]> {
    const { agentConfiguration } = await stack.outputs();
    // What restores beside the Pod finds the authorities elsewhere, and asks the store alone.
    const environment = {
      PGKEEP_CONFIG_YAML: agentConfiguration?.value as string,
      AWS_ACCESS_KEY_ID: s3.accessKey,
      AWS_SECRET_ACCESS_KEY: s3.secretKey,
    };
    return (await project.json<{ recoveryPoints: { id: string }[] }>(["list"], { environment })).recoveryPoints.map(({ id }) => id);
  }

  it("fills a slot: the Pod runs, and the recovery point in S3 bears the time of the slot and the Job's UID", async () => {
    const name = await until("a scheduled Job", async () =>
      (await list<Job>("jobs")).map(({ metadata }) => metadata.name).find(() => true),
    );
    expect(name).toMatch(/^nightly-\d{8}$/);
    const end = await ended(name);
    suspend = true;
    await stack.up();
    expect(end, await kubectl("logs", `job/${name}`)).toMatchObject({ type: "Complete" });

    const { metadata } = await jobNamed(name);
    const scheduled = new Date(metadata.annotations?.["batch.kubernetes.io/cronjob-scheduled-timestamp"] ?? "");
    const slot = `${scheduled.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
    const found = (await points()).filter((id) => id.startsWith(slot));
    expect(found, `of ${slot}`).toHaveLength(1);
    expect(found[0]).toBe(`${slot}-${shortNameOf(metadata.uid)}`);
    expect(existsSync(join(s3.objectsFolder, "shop-backups", "postgres", "shop", "manifests", `${found[0]}.json`))).toBe(true);

    const [pod] = await podsOf(name);
    expect(pod?.spec.serviceAccountName).toBe("nightly");
    expect(pod?.spec.volumes.map((volume) => volume.name)).toEqual(["tmp", "authorities"]);
    expect(await kubectl("get", "pod", pod?.metadata.name ?? "", "--output=yaml")).not.toContain(server.connection.password);
    const log = await kubectl("logs", `job/${name}`);
    const lines = log.trim().split("\n");
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(() => JSON.parse(line), line).not.toThrow();
    expect(lines.map((line) => JSON.parse(line) as { id?: string })).toContainEqual(expect.objectContaining({ id: found[0] }));
  });

  it("stops at once where trying again cannot help", async () => {
    await kubectl("create", "job", "misconfigured-now", "--from=cronjob/misconfigured");
    expect(await ended("misconfigured-now")).toMatchObject({ type: "Failed", reason: "PodFailurePolicy" });
    expect(await exitCodesOf("misconfigured-now")).toEqual([ExitCode.Configuration]);
  });

  it("tries again where the store cannot be reached, as often as it was told to", async () => {
    await kubectl("create", "job", "without-store-now", "--from=cronjob/without-store");
    expect(await ended("without-store-now")).toMatchObject({ type: "Failed", reason: "BackoffLimitExceeded" });
    expect(await exitCodesOf("without-store-now")).toEqual([ExitCode.Unavailable, ExitCode.Unavailable]);
  });

  it("has no recovery point of a Pod that is deleted in its midst, and one of the next try of the same Job", async () => {
    const before = await points();
    const { host, port, user, password } = server.connection;
    const holder = new pg.Client({ host, port, user, password: password ?? "", database: "shop" });
    await holder.connect();
    // The dump cannot begin while somebody has a table for himself.
    await holder.query("BEGIN; LOCK TABLE customer IN ACCESS EXCLUSIVE MODE");
    const attempts = () =>
      readdirSync(join(s3.objectsFolder, "shop-backups"), { recursive: true })
        .map(String)
        .filter((key) => key.endsWith("begin.json"));
    const begun = attempts().length;
    await kubectl("create", "job", "before-upgrade", "--from=cronjob/by-hand");
    await until("the beginning of the backup", () => (attempts().length > begun ? true : undefined));
    const [first] = await podsOf("before-upgrade");
    await kubectl("delete", "pod", first?.metadata.name ?? "", "--wait=true");
    expect(await points()).toEqual(before);
    await holder.end();

    expect(await ended("before-upgrade"), await kubectl("logs", "job/before-upgrade")).toMatchObject({ type: "Complete" });
    const { uid, creationTimestamp } = (await jobNamed("before-upgrade")).metadata;
    const [made, ...others] = (await points()).filter((id) => !before.includes(id));
    expect(others).toEqual([]);
    expect(made?.endsWith(`-${shortNameOf(uid)}`), made).toBe(true);
    // The time it began, for it fills no slot.
    expect((made ?? "") > creationTimestamp.replace(/[-:]/g, "").slice(0, 13)).toBe(true);
    expect(attempts().length).toBeGreaterThan(begun + 1);
  });

  it("has nothing to change the second time, also where controllers act on what it declared", async () => {
    const { steps } = await stack.preview({ refresh: true });
    expect(steps.filter(({ op }) => op !== "same" && op !== "refresh")).toEqual([]);
  });
});

/** What the agent makes of a Job's UID. */
function shortNameOf(uid: string): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  let bits = BigInt(`0x${createHash("sha256").update(uid).digest("hex").slice(0, 10)}`);
  let name = "";
  for (let i = 0; i < 8; i += 1, bits >>= 5n) name += alphabet[Number(bits & 31n)];
  return name;
}
