import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SnapshotSchedule, type SnapshotScheduleArgs } from "../../packages/kubernetes/src/index.js";
import { missingCustomResources } from "../support/customResources.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { GROUPED, QUIESCED, SINGLE } from "../support/snapshotScheduleArguments.js";
import { NAMESPACE, SnapshotCluster } from "../support/volumeSnapshots/SnapshotCluster.js";

interface Container {
  args: string[];
  env: { name: string; value?: string }[];
}
interface CronJob {
  spec: { jobTemplate: { spec: { template: { spec: { serviceAccountName: string; containers: Container[] } } } } };
}

/**
 * What the engine deployed, used as a Pod would: the container's own arguments and document, and a token of its ServiceAccount. Of what happens in Pods of a
 * node see `test/cluster/snapshotSchedule.test.ts`.
 */
describe.skipIf(missingEngine() !== undefined || missingCustomResources() !== undefined)(
  "the roles of SnapshotSchedule on a real API server",
  () => {
    const name = "volumes";
    const common = { namespace: NAMESPACE, readyWithin: "20s", retention: { keepLast: 1, expireRetained: true } };
    const claims = GROUPED.claims as string[];
    let cluster: SnapshotCluster;
    let stack: EngineStack;
    let args: SnapshotScheduleArgs = { ...SINGLE, ...common };
    let runs = 0;

    beforeAll(async () => {
      cluster = await SnapshotCluster.start();
      for (const claim of claims) await cluster.claim(claim, GROUPED.selector as Record<string, string>);
      await cluster.workload("Deployment", "shop", 2, []);
      await cluster.workload("StatefulSet", "shop-db", 1, claims);
      cluster.driver.deletionPolicy = "Retain";
      const program = () => Promise.resolve({ watchdog: new SnapshotSchedule(name, args).watchdogName });
      const secrets = { "kubernetes:kubeconfig": cluster.kubernetes.kubeconfig };
      stack = await startStack({ program, providers: [kubernetesProvider()], secrets });
    }, 60_000);
    afterAll(async () => {
      await stack?.dispose();
      await cluster?.stop();
    });

    /** Runs what a CronJob's Pod would, as its account. */
    async function run(cronJob: string) {
      const read = await cluster.kubernetes.read(`/apis/batch/v1/namespaces/${NAMESPACE}/cronjobs/${cronJob}`);
      const { serviceAccountName, containers } = (read.body as CronJob).spec.jobTemplate.spec.template.spec;
      const account = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${serviceAccountName}/token`;
      const asked = await cluster.client.create(account, { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} });
      const kubeconfig = JSON.parse(cluster.kubernetes.kubeconfig) as { users: { user: { token: string } }[] };
      for (const { user } of kubeconfig.users) user.token = (asked as { status: { token: string } }).status.token;
      const file = join(cluster.project.folder, "kubeconfig");
      writeFileSync(file, JSON.stringify(kubeconfig), { mode: 0o600 });
      const [container] = containers;
      const given = Object.fromEntries((container?.env ?? []).flatMap((one) => (one.value === undefined ? [] : [[one.name, one.value]])));
      runs += 1;
      const slot = new Date(Date.UTC(2026, 10, 1, runs)).toISOString();
      const [first, ...words] = container?.args ?? [];
      expect(first).toBe("snapshot");
      return await cluster.run(words, { ...given, KUBECONFIG: file, PGKEEP_RUN_ID: `job-${runs}`, PGKEEP_SLOT: slot });
    }

    it.each<[string, SnapshotScheduleArgs, string]>([
      ["single", SINGLE, "one volume"],
      ["group", GROUPED, "one instant"],
      ["quiesce", QUIESCED, "stopped"],
    ])("are enough in mode %s to take, judge and prune, on the storage as well", async (_, mode, worth) => {
      // Sets of another mode are other objects, which another mode's account need not prune.
      args = { ...mode, ...common, scheduleName: `${name}-${mode.mode}` };
      await stack.up();
      const before = new Set(cluster.driver.storage);
      const first = await run(args.scheduleName ?? "");
      expect(first.exitCode, first.stderr).toBe(0);
      expect(first.stdout).toContain(worth);
      const cut = [...cluster.driver.storage].filter((handle) => !before.has(handle));
      expect(cut.length).toBeGreaterThan(0);
      const second = await run(args.scheduleName ?? "");
      expect(second.exitCode, second.stderr).toBe(0);
      // By a content that said Retain until its set was to go.
      await cluster.until(async () => await Promise.resolve(!cut.some((handle) => cluster.driver.storage.has(handle))));
      expect([...cluster.driver.storage].filter((handle) => !before.has(handle))).toHaveLength(cut.length);
    });

    it("are enough for the watchdog, which finds nothing to do", async () => {
      const resumed = await run(`${name}-quiesce-resume`);
      expect(resumed.exitCode, resumed.stderr).toBe(0);
    });
  },
);
