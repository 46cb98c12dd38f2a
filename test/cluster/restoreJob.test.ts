import { generateIdentity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RestoreJob, type RestoreJobArgs, SslMode } from "../../packages/kubernetes/src/index.js";
import { dropShop, SHOP, shopContents } from "../agent/shop.js";
import { missingSharedCluster } from "../support/cluster/joinCluster.js";
import { type ShopInNamespace, shopInNamespace } from "../support/cluster/shopInNamespace.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { missingPostgres } from "../support/postgresServer.js";
import { missingS3 } from "../support/s3Server.js";

const missing = missingSharedCluster() ?? missingEngine() ?? missingPostgres(15) ?? missingS3();

/** The component deployed by the real engine onto a real node, where the agent restores into a real server. The steps follow each other. */
describe.skipIf(missing !== undefined)("RestoreJob on a node", () => {
  let shop: ShopInNamespace;
  let stack: EngineStack;
  let args: RestoreJobArgs;
  let contents: string[];

  beforeAll(async () => {
    shop = await shopInNamespace("restore-job");
    contents = await shopContents(shop.server);
    await shop.project.succeed(["backup"]);
    args = {
      ...shop.pod,
      restoreId: "incident-1",
      recoveryPoint: "latest",
      configuration: JSON.stringify(shop.configuration),
      target: { username: shop.server.connection.user, passwordSecret: shop.password },
      tls: { mode: SslMode.VerifyFull, caConfigMap: shop.authorities },
      deadline: "5m",
    };
    stack = await startStack({
      program: () => {
        const { jobName, effectivePolicy } = new RestoreJob("restore", args);
        return Promise.resolve({ jobName, effectivePolicy });
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

  const planned = async () => (await stack.preview({ refresh: true })).steps.filter(({ op }) => op !== "same" && op !== "refresh");
  const uidOf = (job: string) => shop.kubectl("get", "job", job, "--output=jsonpath={.metadata.uid}");
  const failureOfUp = () =>
    stack.up().then(
      () => expect.fail("it went well"),
      (error: Error) => error.message,
    );
  const databases = async () =>
    (await shop.server.psql("SELECT datname FROM pg_database WHERE datname LIKE 'shop%' ORDER BY 1")).split("\n");

  it("brings dropped databases back, and the deployment waits for it", async () => {
    await dropShop(shop.server);
    await stack.up();
    // It is done when `up` is.
    expect(await shopContents(shop.server)).toEqual(contents);
    const log = await shop.kubectl("logs", "job/restore-incident-1");
    expect(log).toContain('"verdict":"PASS"');
    expect(log).not.toContain(shop.server.connection.password);
    const audit = await shop.project.succeed(["audit", "--json"]);
    expect(audit).toContain("RestoreJob restore-job/restore");
    expect(await planned()).toEqual([]);
  });

  it("does not run again because of an image, labels, resources or arguments", async () => {
    const uid = await uidOf("restore-incident-1");
    await shop.server.psql("DELETE FROM job WHERE id > 1", "shop-jobs");
    const before = args;
    args = {
      ...args,
      image: "pgkeep.example.org/other:2",
      labels: { team: "shop" },
      confirmReplace: SHOP,
      resources: { memoryLimit: "1Gi" },
    };
    await stack.up();
    expect(await planned()).toEqual([]);
    expect(await uidOf("restore-incident-1")).toBe(uid);
    expect(await shop.kubectl("get", "pods", "--output=name")).toMatch(/^pod\/restore-incident-1-\w+\s*$/);
    expect(await shop.server.psql("SELECT count(*) FROM job", "shop-jobs")).toBe("1");
    args = before;
  });

  it("is ended by the record in the store where the Job is made anew, and touches nothing, even confirmed", async () => {
    args = { ...args, confirmReplace: SHOP };
    await shop.kubectl("delete", "job", "restore-incident-1", "--wait=true");
    await stack.refresh();
    const text = await failureOfUp();
    expect(text).toContain("failed to fully initialize or become live");
    expect(text).toContain("[BackoffLimitExceeded]");
    expect(text).toMatch(/--once.*this restore, of latest, was begun already, by RestoreJob restore-job\/restore, and came to its end/s);
    expect(await databases()).toEqual(SHOP);
    expect(await shop.server.psql("SELECT count(*) FROM job", "shop-jobs")).toBe("1");
  });

  it("refuses a living database that was not confirmed, and touches nothing", async () => {
    const { confirmReplace: _, ...unconfirmed } = args;
    args = { ...unconfirmed, restoreId: "incident-2" };
    const text = await failureOfUp();
    expect(text).toMatch(/--yes-replace.*database shop exists/s);
    expect(await databases()).toEqual(SHOP);
    expect(await shop.server.psql("SELECT count(*) FROM job", "shop-jobs")).toBe("1");
    // What failed stays failed, and is not tried again.
    const uid = await uidOf("restore-incident-2");
    await failureOfUp();
    expect(await uidOf("restore-incident-2")).toBe(uid);
  });

  it("replaces it once it was confirmed, and keeps the old one", async () => {
    args = {
      ...args,
      restoreId: "incident-3",
      databases: [{ name: "shop-jobs" }, { name: "shop", as: "shop-copy" }],
      confirmReplace: ["shop-jobs"],
    };
    await stack.up();
    expect(await shopContents(shop.server, ["shop-copy", "shop-jobs"])).toEqual(contents);
    expect(await databases()).toEqual(["shop", "shop-copy", "shop-jobs", expect.stringMatching(/^shop-jobs_replaced_/)]);
    expect(await planned()).toEqual([]);
    expect(await shop.kubectl("get", "jobs", "--output=name")).toBe("job.batch/restore-incident-3\n");
  });

  it("restores what is encrypted with the identity that is in a Secret", async () => {
    const identity = await generateIdentity();
    const metadata = { name: "shop-identity", namespace: "restore-job" };
    await shop.cluster.apply({ apiVersion: "v1", kind: "Secret", metadata, stringData: { identity: `# of a test\n${identity}\n` } });
    const recipient = await identityToRecipient(identity);
    shop.project.edit((config: { encryption?: object }) => {
      config.encryption = { recipients: [recipient] };
    });
    await shop.project.succeed(["backup"]);
    const { confirmReplace: _, ...others } = args;
    args = {
      ...others,
      restoreId: "incident-4",
      databases: [{ name: "shop", as: "shop-decrypted" }],
      identitySecret: { name: "shop-identity", key: "identity" },
    };
    await stack.up();
    expect(await shop.server.psql("SELECT count(*) FROM customer", "shop-decrypted")).toBe("500");
    expect(await planned()).toEqual([]);
  });
});
