import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ExitCode } from "@pgkeep/core";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  DumpCronJob,
  KubernetesDrillScratch,
  KubernetesImagePullPolicy,
  KubernetesRestoreDrill,
  type KubernetesRestoreDrillArgs,
  SslMode,
} from "../../packages/kubernetes/src/index.js";
import { Project } from "../agent/Project.js";
import { createShop, SHOP } from "../agent/shop.js";
import { AGENT_IMAGE } from "../support/cluster/agentImage.js";
import { type JoinedCluster, joinCluster, missingSharedCluster } from "../support/cluster/joinCluster.js";
import { type ProvisionedVolumes, provisionVolumes } from "../support/cluster/provisionVolumes.js";
import { untilSeen } from "../support/cluster/untilSeen.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { missingPostgres, startPostgres, type TestServer } from "../support/postgresServer.js";
import { missingS3, startS3, type TestS3 } from "../support/s3Server.js";

const NAMESPACE = "restore-drill";
const STORAGE = "drill-stand-in";
/** `postgres` of Debian's package in the image, which stands for an image of PostgreSQL. */
const POSTGRES_USER = 100;
const missing = missingSharedCluster() ?? missingEngine() ?? missingPostgres(15) ?? missingS3();

interface Pod {
  metadata: { name: string };
  status: { containerStatuses?: { state: { terminated?: { exitCode: number } } }[] };
}

/** A row's check that is evaluated when the row is restored: it looks into what the container's first program was started with. */
const SPY = `
  CREATE FUNCTION spy() RETURNS boolean LANGUAGE plpgsql AS $$
  BEGIN
    IF current_database() LIKE 'pgkeep_drill%'
       AND position('AWS_SECRET_ACCESS_KEY'::bytea IN pg_read_binary_file('/proc/1/environ')) > 0 THEN
      RAISE EXCEPTION 'restored code read the credentials of the store';
    END IF;
    RETURN true;
  END $$;
  CREATE TABLE item (id int PRIMARY KEY, CHECK (spy()));
  INSERT INTO item VALUES (1);`;

/**
 * The component deployed by the real engine onto a real node, under the restricted Pod Security and beside policies that deny everything; recovery points come from
 * DumpCronJob. Storage is a stand-in that enforces no size, the bridge of this rig no NetworkPolicy, and the agent's image with Debian's PostgreSQL 15 stands for
 * an image of PostgreSQL.
 */
describe.skipIf(missing !== undefined)("KubernetesRestoreDrill on a node", () => {
  let cluster: JoinedCluster;
  let source: TestServer;
  let given: TestServer;
  let s3: TestS3;
  let volumes: ProvisionedVolumes;
  let stack: EngineStack;
  let project: Project;
  /** A recovery point of the agent on this machine, in the same bucket. */
  let backUpFromHere: (name: string, databases: string[]) => Promise<void>;

  beforeAll(async () => {
    cluster = joinCluster();
    volumes = await provisionVolumes(cluster, STORAGE);
    [source, given] = await Promise.all([startPostgres(), startPostgres()]);
    await createShop(source);
    s3 = await startS3();
    await s3.createBucket("shop-backups");
    const endpoint = `http://${cluster.hostAddress}:${new URL(s3.endpoint).port}`;
    for (const port of [source.connection.port, given.connection.port, Number(new URL(s3.endpoint).port)]) await cluster.expose(port);

    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE, labels } });
    const object = (name: string) => ({ name, namespace: NAMESPACE });
    await cluster.apply({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: object("deny-everything"),
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    });
    const identity = await generateX25519Identity();
    const recipient = await identityToRecipient(identity);
    for (const [name, stringData] of Object.entries({
      "shop-dump": { password: source.connection.password },
      "shop-store": { id: s3.accessKey, secret: s3.secretKey },
      "shop-identity": { "identity.txt": `${identity}\n` },
    })) {
      await cluster.apply({ apiVersion: "v1", kind: "Secret", metadata: object(name), stringData });
    }

    const store = { endpoint, region: "us-east-1", forcePathStyle: true };
    const common = {
      namespace: NAMESPACE,
      image: AGENT_IMAGE,
      allowImageTag: true,
      imagePullPolicy: KubernetesImagePullPolicy.Never,
      schedule: "0 2 1 1 *",
      secrets: {
        AWS_ACCESS_KEY_ID: { name: "shop-store", key: "id" },
        AWS_SECRET_ACCESS_KEY: { name: "shop-store", key: "secret" },
      },
    };
    const ofCluster = (name: string, databases: string[]) => ({
      version: 1,
      cluster: name,
      databases,
      store: { url: "s3://shop-backups/postgres", ...store },
    });
    const program = () => {
      const dump = new DumpCronJob("nightly", {
        ...common,
        cluster: "shop",
        databases: SHOP,
        server: {
          host: cluster.hostAddress,
          port: source.connection.port,
          username: source.connection.user,
          passwordSecret: { name: "shop-dump", key: "password" },
        },
        tls: { mode: SslMode.Disable },
        store: { url: "s3://shop-backups/postgres", ...store },
        encryptionRecipients: [recipient],
      });
      const sidecar: KubernetesRestoreDrillArgs = {
        ...common,
        configuration: dump.agentConfiguration,
        identitySecret: { name: "shop-identity", key: "identity.txt" },
        major: 15,
        scratchServer: { image: AGENT_IMAGE, userId: POSTGRES_USER },
        scratchVolume: { size: "1Gi", storageClassName: STORAGE },
        network: { storeCidrs: [`${cluster.hostAddress}/32`] },
      };
      const { scratchServer: _, ...others } = sidecar;
      const { scratchVolume: __, network: ___, ...bare } = others;
      new KubernetesRestoreDrill("weekly", sidecar);
      new KubernetesRestoreDrill("in-agent", { ...others, scratch: KubernetesDrillScratch.Agent });
      new KubernetesRestoreDrill("elsewhere", {
        ...bare,
        scratch: KubernetesDrillScratch.Given,
        scratchConnection: {
          host: cluster.hostAddress,
          port: given.connection.port,
          username: given.connection.user,
          passwordSecret: { name: "shop-dump", key: "password" },
          disposable: true,
        },
        tls: { mode: SslMode.Disable },
      });
      new KubernetesRestoreDrill("of-damaged", { ...sidecar, configuration: JSON.stringify(ofCluster("damaged", SHOP)), retries: 3 });
      const spied = JSON.stringify(ofCluster("spied", ["spied"]));
      new KubernetesRestoreDrill("spied", { ...sidecar, configuration: spied });
      new KubernetesRestoreDrill("spied-in-agent", { ...others, configuration: spied, scratch: KubernetesDrillScratch.Agent });
      new KubernetesRestoreDrill("other-major", { ...sidecar, major: 18, retries: 3 });
      return Promise.resolve({});
    };
    const secrets = { "kubernetes:kubeconfig": cluster.kubeconfig };
    stack = await startStack({ program, providers: [kubernetesProvider()], secrets });
    await stack.up();
    project = new Project();
    backUpFromHere = async (name, databases) => {
      const { cluster: ofStore, store: there } = ofCluster(name, databases);
      const connection = { ...plain(source), retryFor: "0s" };
      project.configure(source.connection, databases, { cluster: ofStore, connection, store: { ...there, endpoint: s3.endpoint } });
      await project.json(["backup"]);
    };
    Object.assign(project.environment, { AWS_ACCESS_KEY_ID: s3.accessKey, AWS_SECRET_ACCESS_KEY: s3.secretKey });
  });
  afterAll(async () => {
    await stack?.destroy();
    await stack?.dispose();
    project?.remove();
    await s3?.stop();
    await source?.stop();
    await given?.stop();
    await volumes?.stop();
    await cluster?.leave();
  });

  const kubectl = (...words: string[]) => cluster.kubectl(`--namespace=${NAMESPACE}`, ...words);
  /** Runs a CronJob's Job by hand; how it ended, with the exit codes of the agent in all of its Pods and what it logged. */
  async function run(cronJob: string) {
    const job = `${cronJob}-now`;
    await kubectl("create", "job", job, `--from=cronjob/${cronJob}`);
    const end = await untilSeen(
      `the end of ${job}`,
      async () => {
        const { status } = JSON.parse(await kubectl("get", "job", job, "--output=json")) as {
          status: { conditions?: { type: string; status: string; reason?: string }[] };
        };
        return status.conditions?.find((one) => one.status === "True" && (one.type === "Complete" || one.type === "Failed"));
      },
      { seconds: 240, circumstances: async () => (await kubectl("describe", "pods")).slice(-6000) },
    );
    const pods = JSON.parse(await kubectl("get", "pods", `--selector=batch.kubernetes.io/job-name=${job}`, "--output=json")) as {
      items: Pod[];
    };
    const log = await kubectl("logs", `job/${job}`, "--container=agent");
    return { end, log, codes: pods.items.map(({ status }) => status.containerStatuses?.[0]?.state.terminated?.exitCode), pods: pods.items };
  }
  const objects = (part: string) =>
    readdirSync(join(s3.objectsFolder, "shop-backups", "postgres"), { recursive: true, encoding: "utf8" }).filter((key) =>
      key.includes(part),
    );
  const drills = () => objects("shop/drills/").filter((key) => key.endsWith(".json"));

  const resultIn = (key = "none") =>
    JSON.parse(readFileSync(join(s3.objectsFolder, "shop-backups", "postgres", key), "utf8")) as Record<string, unknown>;

  it("proves the recovery point of a DumpCronJob in a scratch server beside the agent, and leaves nothing of it on the volume", async () => {
    const dump = await run("nightly");
    expect(dump.end, dump.log).toMatchObject({ type: "Complete" });
    const { end, log, codes, pods } = await run("weekly");
    expect(end, log).toMatchObject({ type: "Complete" });
    expect(codes).toEqual([ExitCode.Done]);
    expect(drills()).toEqual([expect.stringMatching(/shop\/drills\/[^/]+\/[^/]+-pass\.json$/i)]);
    expect(resultIn(drills()[0])).toMatchObject({
      verdict: "PASS",
      scratch: { kind: "own", isolated: false, serverVersion: expect.stringMatching(/^15\./) },
    });
    for (const line of log.trim().split("\n")) expect(() => JSON.parse(line), line).not.toThrow();
    const lines = log.trim().split("\n");
    expect(
      lines.map((line) => JSON.parse(line) as { verdict?: string }),
      log,
    ).toContainEqual(expect.objectContaining({ verdict: "PASS" }));

    const claim = `${pods[0]?.metadata.name}-scratch-data`;
    await untilSeen("the end of the scratch server", async () => {
      const left = readdirSync(await volumes.folderOf(NAMESPACE, claim)).filter((name) => name !== "lost+found");
      return left.length === 0 ? true : undefined;
    });
    await kubectl("delete", "job", "weekly-now");
    await untilSeen("the end of the volume", async () => ((await kubectl("get", "pvc", "--output=name")) === "" ? true : undefined));
  });

  it("proves it in a server that the agent starts in its own container, and in one that is given for it alone", async () => {
    for (const cronJob of ["in-agent", "elsewhere"]) {
      const before = drills();
      const { end, log } = await run(cronJob);
      expect(end, log).toMatchObject({ type: "Complete" });
      const [made, ...more] = drills().filter((key) => !before.includes(key));
      expect(more).toEqual([]);
      expect(made).toMatch(/-pass\.json$/i);
      // The restricted Pod Security lets no program leave the Pod's network, which `effectivePolicy` tells.
      expect(resultIn(made)).toMatchObject({ scratch: { kind: "own", isolated: false } });
    }
  });

  it("fails at once where a byte of the recovery point is another one, and is not tried again", async () => {
    await backUpFromHere("damaged", SHOP);
    const dump = objects("damaged/points/").find((key) => key.endsWith("shop.dump.zst"));
    const file = join(s3.objectsFolder, "shop-backups", "postgres", dump ?? "none");
    const bytes = readFileSync(file);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 0xff;
    writeFileSync(file, bytes);
    const { end, log, codes } = await run("of-damaged");
    expect(end, log).toMatchObject({ type: "Failed", reason: "PodFailurePolicy" });
    expect(codes).toEqual([ExitCode.DataWrong]);
    expect(objects("damaged/drills/").filter((key) => key.endsWith(".json"))).toEqual([expect.stringMatching(/-fail\.json$/i)]);
  });

  it("keeps restored code from the credentials in a sidecar, and not in the agent's own container, as effectivePolicy says", async () => {
    await source.psql("CREATE DATABASE spied");
    await source.psql(SPY, "spied");
    await backUpFromHere("spied", ["spied"]);
    const beside = await run("spied");
    expect(beside.end, beside.log).toMatchObject({ type: "Complete" });
    const within = await run("spied-in-agent");
    expect(within.end, within.log).toMatchObject({ type: "Failed", reason: "PodFailurePolicy" });
    expect(within.log).toContain("restored code read the credentials of the store");
  });

  it("could not verify a recovery point of another major version, and is not tried again", async () => {
    const before = drills();
    const { end, log, codes } = await run("other-major");
    expect(end, log).toMatchObject({ type: "Failed", reason: "PodFailurePolicy" });
    expect(codes).toEqual([ExitCode.CouldNotVerify]);
    expect(log).toContain("drill.major");
    expect(drills()).toEqual(before);
  });

  it("has nothing to change the second time", async () => {
    const { steps } = await stack.preview({ refresh: true });
    expect(steps.filter(({ op }) => op !== "same" && op !== "refresh")).toEqual([]);
  });
});

function plain({ connection: { host, port, user } }: TestServer) {
  return { host, port, user };
}
