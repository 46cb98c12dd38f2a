import * as pulumi from "@pulumi/pulumi";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PreDeployBackup, type PreDeployBackupArgs } from "../../packages/kubernetes/src/index.js";
import { missingSharedCluster } from "../support/cluster/joinCluster.js";
import { type ShopInNamespace, shopInNamespace } from "../support/cluster/shopInNamespace.js";
import { untilSeen } from "../support/cluster/untilSeen.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { missingPostgres } from "../support/postgresServer.js";
import { missingS3 } from "../support/s3Server.js";

/** What depends on the backup, without the provider's own SDK. */
class Resource extends pulumi.CustomResource {}

const missing = missingSharedCluster() ?? missingEngine() ?? missingPostgres(15) ?? missingS3();

/** The component deployed by the real engine onto a real node, with something that depends on it in place of a migration. The steps follow each other. */
describe.skipIf(missing !== undefined)("PreDeployBackup on a node", () => {
  let shop: ShopInNamespace;
  let stack: EngineStack;
  let args: PreDeployBackupArgs;

  beforeAll(async () => {
    shop = await shopInNamespace("pre-deploy");
    args = {
      ...shop.pod,
      deploymentKey: "v1.0.0",
      configuration: JSON.stringify(shop.configuration),
      passwordSecret: shop.password,
      caConfigMap: shop.authorities,
      application: { gitSha: "0123456789abcdef0123456789abcdef01234567", images: { web: `sha256:${"0".repeat(64)}` } },
      deadline: "5m",
    };
    stack = await startStack({
      program: () => {
        const backup = new PreDeployBackup("deploy", args);
        const metadata = { name: "migration", namespace: args.namespace };
        const migration = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { to: args.deploymentKey } };
        new Resource("kubernetes:core/v1:ConfigMap", "migration", migration, { dependsOn: backup });
        return Promise.resolve({ jobName: backup.jobName });
      },
      providers: [kubernetesProvider()],
      secrets: { "kubernetes:kubeconfig": shop.cluster.kubeconfig },
    });
  });
  afterAll(async () => {
    await stack?.destroy();
    await stack?.dispose();
    await shop?.stop();
  });

  const planned = async () => {
    const { steps } = await stack.preview({ refresh: true });
    // A resource without the SDK has a default provider of its own.
    return steps.filter(({ op, type }) => op !== "same" && op !== "refresh" && !type.startsWith("pulumi:providers:"));
  };
  const points = async () => (await shop.project.json<{ recoveryPoints: { id: string }[] }>(["list"])).recoveryPoints.map(({ id }) => id);
  const migratedTo = () => shop.kubectl("get", "configmap", "migration", "--output=jsonpath={.data.to}");
  const jobs = () => shop.kubectl("get", "jobs", "--output=jsonpath={.items[*].metadata.name}");

  it("is there before what depends on it, pinned, and says which version of the application it is of", async () => {
    await stack.up();
    const [id = "", ...others] = await points();
    expect(others).toEqual([]);
    const shown = JSON.stringify(await shop.project.json(["show", id]));
    expect(shown).toContain('"before":"deploy"');
    expect(shown).toContain("0123456789abcdef0123456789abcdef01234567");
    expect(shown).toContain("web");
    const completed = await shop.kubectl("get", "jobs", "--output=jsonpath={.items[0].status.completionTime}");
    const migrated = await shop.kubectl("get", "configmap", "migration", "--output=jsonpath={.metadata.creationTimestamp}");
    expect(migrated >= completed, `${migrated} after ${completed}`).toBe(true);
    expect(await planned()).toEqual([]);
  });

  it("is not taken again for the same key", async () => {
    const before = await points();
    args = { ...args, labels: { team: "shop" }, pinFor: "7d", image: "pgkeep.example.org/other:2" };
    await stack.up();
    expect(await points()).toEqual(before);
    expect(await planned()).toEqual([]);
    args = { ...args, image: shop.pod.image };
  });

  it("is taken again for another key, and for one that was there before", async () => {
    args = { ...args, deploymentKey: "v2.0.0" };
    await stack.up();
    expect(await points()).toHaveLength(2);
    expect(await migratedTo()).toBe("v2.0.0");
    args = { ...args, deploymentKey: "v1.0.0" };
    await stack.up();
    expect(new Set(await points()).size).toBe(3);
    expect((await jobs()).split(" ")).toHaveLength(1);
    expect(await planned()).toEqual([]);
  });

  it("stops what depends on it where it fails, at once and with the agent's own words", async () => {
    const before = args;
    const databases = [...shop.configuration.databases, "absent"];
    args = { ...args, deploymentKey: "v3.0.0", configuration: JSON.stringify({ ...shop.configuration, databases }) };
    const began = Date.now();
    const text = await stack.up().then(
      () => "",
      (error: Error) => error.message,
    );
    expect(text).toContain("[BackoffLimitExceeded]");
    expect(text).toMatch(/absent.*the server has no such database/s);
    expect(Date.now() - began).toBeLessThan(60_000);
    expect(await migratedTo()).toBe("v1.0.0");
    expect(await points()).toHaveLength(3);
    args = { ...before, deploymentKey: "v3.0.1" };
    await stack.up();
    expect(await migratedTo()).toBe("v3.0.1");
    expect(await points()).toHaveLength(4);
  });

  it("waits for another backup that is under way", async () => {
    const { host, port, user, password } = shop.server.connection;
    const holder = new pg.Client({ host, port, user, password: password ?? "", database: "shop" });
    await holder.connect();
    // A dump cannot begin while somebody has a table for himself.
    await holder.query("BEGIN; LOCK TABLE customer IN ACCESS EXCLUSIVE MODE");
    const other = shop.project.start(["backup", "--exclusive"]);
    await untilSeen("the other backup", () => (/recovery point \d+T/.test(other.messages()) ? true : undefined));
    args = { ...args, deploymentKey: "v4.0.0" };
    const deploying = stack.up();
    await untilSeen("the waiting", async () => {
      const log = await shop.kubectl("logs", "--selector=app.kubernetes.io/component=pre-deploy", "--tail=-1").catch(() => "");
      return log.includes("another backup of this cluster is under way: waiting for it") ? true : undefined;
    });
    await holder.end();
    await deploying;
    expect((await other.ended).exitCode, other.messages()).toBe(0);
    expect(await points()).toHaveLength(6);
  });
});
