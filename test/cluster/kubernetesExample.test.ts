import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { Verdict } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Block, REPOSITORY, readPages } from "../docs/markdown.js";
import { ageProgram } from "../store/publicTools.js";
import { AGENT_IMAGE } from "../support/cluster/agentImage.js";
import { type JoinedCluster, joinCluster, missingSharedCluster } from "../support/cluster/joinCluster.js";
import { type ProvisionedVolumes, provisionVolumes } from "../support/cluster/provisionVolumes.js";
import { installCustomResources, missingCustomResources } from "../support/customResources.js";
import { copyExample } from "../support/engine/copyExample.js";
import { type Cli, missingEngine, startCli } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { pulumiProgram } from "../support/engine/pulumiProgram.js";
import { missingPostgres, startPostgres, type TestServer } from "../support/postgresServer.js";
import { missingS3, startS3, type TestS3 } from "../support/s3Server.js";
import { makeCertificates, type TestCertificates } from "../support/testCertificates.js";
import { ClusterClient } from "../support/volumeSnapshots/ClusterClient.js";
import { SnapshotDriver } from "../support/volumeSnapshots/snapshotDriver.js";

const README = "examples/kubernetes/README.md";
const NAMESPACE = "syntho";
const PASSWORD = "canary of the role that dumps";
const DATABASES = ["syntho-core", "syntho-backend"];
const missing = missingSharedCluster() ?? missingEngine() ?? missingPostgres(15) ?? missingS3() ?? missingCustomResources();

/**
 * Every command of the example's README, in its order, by a shell, against a real node. What stands in for what a reader has: the database and the bucket are
 * on this machine, the storage's provisioner and its snapshots are the tests' own stand-ins, and the agent's image with Debian's PostgreSQL is the image
 * of PostgreSQL as well.
 */
describe.skipIf(missing !== undefined)("examples/kubernetes", () => {
  let cluster: JoinedCluster;
  let server: TestServer;
  let certificates: TestCertificates;
  let s3: TestS3;
  let volumes: ProvisionedVolumes;
  let client: ClusterClient;
  let driver: SnapshotDriver;
  let cli: Cli;
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  /** What the README's reader replaces, and what only a trial has. */
  let replacements: [shown: string, meant: string][];

  const blocks = readPages().find(({ path }) => path === README)?.blocks ?? [];

  beforeAll(async () => {
    cluster = joinCluster();
    const shared = inject("cluster");
    if (shared.kind !== "running") throw new Error(shared.reason);
    await installCustomResources(cluster, ["snapshot.storage.k8s.io", "groupsnapshot.storage.k8s.io", "monitoring.coreos.com"]);
    volumes = await provisionVolumes(cluster, "example-stand-in");
    certificates = makeCertificates(`IP:${cluster.hostAddress}`);
    server = await startPostgres({
      settings: { ssl: true, ssl_cert_file: certificates.certificate, ssl_key_file: certificates.key },
    });
    for (const database of DATABASES) {
      await server.psql(`CREATE DATABASE "${database}"`);
      await server.psql(
        "CREATE TABLE person (id int PRIMARY KEY, name text); INSERT INTO person SELECT n, 'person ' || n FROM generate_series(1, 1000) n",
        database,
      );
    }
    s3 = await startS3();
    await s3.createBucket("syntho-backups");
    const storePort = Number(new URL(s3.endpoint).port);
    for (const port of [server.connection.port, storePort]) await cluster.expose(port);

    folder = copyExample("kubernetes");
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o600 });
    write("kubeconfig", cluster.kubeconfig);
    write("dump-password", PASSWORD);
    write("store-id", s3.accessKey);
    write("store-secret", s3.secretKey);
    write("ca.crt", readFileSync(certificates.authority, "utf8"));
    cli = await startCli({ providers: [kubernetesProvider()] });
    const programs = [join(REPOSITORY, "node_modules/.bin"), shared.programs, dirname(pulumiProgram()), dirname(await ageProgram())];
    environment = {
      ...process.env,
      ...cli.environment,
      KUBECONFIG: join(folder, "kubeconfig"),
      PATH: [...programs, process.env.PATH].join(delimiter),
      // With a terminal the CLI asks; here nobody answers.
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    const trial = [
      "pulumi config set --secret kubernetes:kubeconfig < kubeconfig",
      "pulumi config set allowImageTag true",
      `pulumi config set databasePort ${server.connection.port}`,
      `pulumi config set storeEndpoint http://${cluster.hostAddress}:${storePort}`,
      "pulumi config set storeRegion us-east-1",
      "pulumi config set storageClass example-stand-in",
      "pulumi config set scratchSize 1Gi",
      // `postgres` of Debian's package in the image.
      "pulumi config set postgresUserId 100",
    ];
    replacements = [
      ["PASSWORD '…'", `PASSWORD '${PASSWORD}'`],
      ["npm install", ": # the repository's own node_modules are here"],
      ["pulumi stack init production", ["pulumi stack init production", ...trial].join("\n")],
      ["REGISTRY/pgkeep@sha256:…", AGENT_IMAGE],
      ["docker.io/library/postgres@sha256:…", AGENT_IMAGE],
      // The 18 of this image has no TLS.
      ["databaseMajor 18", "databaseMajor 15"],
      ["db.example.org", cluster.hostAddress],
      ["pulumi up", "pulumi up --yes --skip-preview --non-interactive"],
    ];
    client = new ClusterClient(cluster.kubeconfig);
    driver = new SnapshotDriver(client, NAMESPACE);
    driver.start();
  });
  afterAll(async () => {
    await driver?.stop();
    client?.close();
    await cluster?.kubectl("delete", "namespace", NAMESPACE, "--wait=false", "--ignore-not-found");
    await volumes?.stop();
    await cli?.dispose();
    await s3?.stop();
    await server?.stop();
    certificates?.remove();
    await cluster?.leave();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it("says of no command that it would work without being run, and of no replacement that nobody makes", () => {
    const text = blocks.flatMap(({ lines }) => lines).join("\n");
    expect([...new Set(blocks.map(({ language }) => language))]).toEqual(["sh", "sql"]);
    expect(blocks.flatMap(({ marks }) => [...marks.keys()])).toEqual([]);
    for (const [shown] of replacements) expect(text).toContain(shown);
  });

  it("comes up as its README says, from the namespace to the next deployment", { timeout: 1_200_000 }, async () => {
    const printed = new Map<string, string>();
    for (const block of blocks) {
      if (block.language === "sql") await server.psql(meant(block));
      else {
        const text = await type(block);
        for (const line of block.lines) printed.set(line, text);
      }
      if (block.lines.some((line) => line.includes("namespace.yaml"))) await keepFiles();
    }
    const after = (beginning: string): string =>
      [...printed].findLast(([line]) => line.includes(beginning))?.[1] ?? expect.fail(`no command has ${beginning}`);

    // The backup before the first deployment, by a Job that the deployment waited for.
    expect(after("pgkeep list").match(/^ *\d{8}T\d{6}Z-\S+/gm), after("pgkeep list")).toHaveLength(1);
    const drill = lastDocument(after("job/drill-now")) as { verdict: string; databases: unknown[] };
    expect(drill.verdict).toBe(Verdict.Pass);
    expect(after("snapshot list")).toMatch(/good/);
    expect(after("/metrics")).toMatch(/^pgkeep_\w+\{[^}]*cluster="syntho"/m);
    expect(after("release-42")).toMatch(/\+-? .*kubernetes:batch\/v1:Job/);

    const again = await shell("pulumi preview --expect-no-changes");
    expect(again).toMatch(/\d+ unchanged/);
    for (const secret of [PASSWORD, s3.secretKey, "AGE-SECRET-KEY"]) {
      expect(await shell("pulumi stack export"), "the state").not.toContain(secret);
      expect([...printed.values()].join("\n"), "what was printed").not.toContain(secret);
    }
  });

  /** What the reader's application has: a claim, and a Pod without which the storage does not bind it. */
  async function keepFiles(): Promise<void> {
    const object = { name: "syntho-files", namespace: NAMESPACE };
    const claim = {
      accessModes: ["ReadWriteOnce"],
      storageClassName: volumes.storageClassName,
      resources: { requests: { storage: "1Gi" } },
    };
    await cluster.apply({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: object, spec: claim });
    await cluster.apply({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...object, name: "syntho" },
      spec: {
        securityContext: { runAsNonRoot: true, runAsUser: 65532, fsGroup: 65532, seccompProfile: { type: "RuntimeDefault" } },
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: "syntho",
            image: AGENT_IMAGE,
            imagePullPolicy: "Never",
            command: ["/usr/local/bin/node", "-e", "setInterval(() => {}, 1000)"],
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
            volumeMounts: [{ name: "files", mountPath: "/files" }],
          },
        ],
        volumes: [{ name: "files", persistentVolumeClaim: { claimName: "syntho-files" } }],
      },
    });
  }

  async function type(block: Block): Promise<string> {
    return await shell(meant(block), block.where);
  }

  function meant({ lines }: Block): string {
    return replacements.reduce((text, [shown, meant]) => text.replaceAll(shown, meant), lines.join("\n"));
  }

  function shell(script: string, where = script): Promise<string> {
    return new Promise((resolve, reject) => {
      // As somebody types it, one line after another, and no further behind one that failed. `set -m`: for `kill %1`.
      const child = spawn("bash", ["-c", `set -euom pipefail\n${script}`], {
        cwd: folder,
        env: environment,
        stdio: ["ignore", "pipe", "pipe"],
      });
      let text = "";
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      child.once("error", reject);
      child.once("close", async (code) => {
        if (code === 0) return resolve(text);
        const circumstances = await cluster.kubectl("--namespace", NAMESPACE, "describe", "jobs,pods").catch(String);
        reject(new Error(`${where} ended with ${code}:\n${text}\n${circumstances.slice(-8000)}`));
      });
    });
  }
});

/** The last line of a text that is a document of JSON. */
function lastDocument(text: string): unknown {
  const line = text
    .trim()
    .split("\n")
    .findLast((one) => one.startsWith("{"));
  return JSON.parse(line ?? expect.fail(`no JSON in ${text}`));
}
