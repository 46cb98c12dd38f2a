import type { VolumeSnapshotConfigInput, VolumeSnapshotMode } from "@pgkeep/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { missingCustomResources } from "../support/customResources.js";
import { NAMESPACE, SnapshotCluster } from "../support/volumeSnapshots/SnapshotCluster.js";

const SNAPSHOTS = `/apis/snapshot.storage.k8s.io/v1/namespaces/${NAMESPACE}/volumesnapshots`;
const DAY = 86_400_000;

describe.skipIf(missingCustomResources() !== undefined)("pruning of volume snapshots, on a real API server", () => {
  let cluster: SnapshotCluster;
  let kubeconfig: string;
  let slots = 0;
  let schedules = 0;
  let config: VolumeSnapshotConfigInput;
  /** Of another schedule each time, so that one test sees nothing of another. */
  const schedule = (changes: Partial<VolumeSnapshotConfigInput>) => {
    schedules += 1;
    config = {
      version: 1,
      name: `orders-${schedules}`,
      namespace: NAMESPACE,
      mode: "single" as VolumeSnapshotMode,
      claims: ["data"],
      readyWithin: "30s",
      ...changes,
    };
  };
  const command = async (...words: string[]) => {
    slots += 1;
    const run = { id: `job-${slots}`, slot: new Date(Date.UTC(2026, 9, 1) + slots * 3_600_000).toISOString() };
    return await cluster.run([...words, "--json"], cluster.environment(config, kubeconfig, run));
  };
  /** A set that was cut so many days ago, by the storage's clock. */
  const takeDaysAgo = async (days: number) => {
    cluster.driver.behaviour = { data: { cutOffset: -days * DAY } };
    const taken = await command("take");
    expect(taken.exitCode, taken.stderr).toBe(0);
    return taken.json();
  };
  const fail = async () => {
    cluster.driver.behaviour = { data: { readyAfter: Number.POSITIVE_INFINITY } };
    const usual = config;
    config = { ...config, readyWithin: "2s" };
    const { exitCode } = await command("take");
    config = usual;
    expect(exitCode).toBe(75);
  };
  const list = async () => (await command("list")).json().sets;
  const standings = async () => (await list()).map(({ standing }: { standing: string }) => standing);

  beforeAll(async () => {
    cluster = await SnapshotCluster.start();
    await cluster.claim("data");
    schedule({});
    kubeconfig = await cluster.account(config);
  }, 60_000);
  afterAll(async () => await cluster?.stop());
  afterEach(() => {
    cluster.driver.behaviour = {};
    cluster.driver.deletionPolicy = "Delete";
  });

  it("keeps by the storage's days, removes with the snapshot on the storage, and touches no other schedule's", async () => {
    schedule({ retention: { keepDaily: 2, minimum: 1 } });
    const other = config;
    await takeDaysAgo(9);
    schedule({ retention: { keepDaily: 2, minimum: 1 } });
    const oldest = (await takeDaysAgo(3)).set;
    await takeDaysAgo(2);
    const stored = cluster.driver.storage.size;
    const plan = (await command("prune", "--dry-run")).json();
    expect([plan.plan.retention.remove, plan.removed]).toEqual([[], []]);
    const last = await takeDaysAgo(1);
    expect(last.pruning.removed).toEqual([{ id: oldest.id, leftBehind: [] }]);
    expect(last.pruning.plan.retention.remove[0].reason).toMatch(/is beyond the last 2$/);
    await cluster.until(async () => cluster.driver.storage.size === stored);
    config = other;
    expect(await standings()).toEqual(["good"]);
  });

  it("removes nothing good while the newest failed, and the failed ones by a count of their own", async () => {
    schedule({ retention: { keepLast: 1 }, keepFailed: 2 });
    await takeDaysAgo(2);
    const good = (await takeDaysAgo(1)).set;
    for (let times = 0; times < 3; times += 1) await fail();
    cluster.driver.behaviour = {};
    // A run removes those beyond the count before it takes its own.
    expect(await standings()).toEqual(["good", "failed", "failed", "failed"]);
    const shown = await command("prune", "--dry-run");
    expect(shown.exitCode).toBe(80);
    expect(shown.json().plan).toMatchObject({
      retention: { stopped: expect.stringMatching(/^the newest set, .* failed: /) },
      failed: [{}],
    });
    const pruned = await command("prune");
    expect([pruned.exitCode, pruned.json().removed.length]).toEqual([80, 1]);
    expect(await standings()).toEqual(["good", "failed", "failed"]);
    expect((await list())[0].id).toBe(good.id);
  });

  it("removes no failed one while none is good", async () => {
    schedule({ retention: { keepLast: 1 }, keepFailed: 1 });
    for (let times = 0; times < 2; times += 1) await fail();
    const pruned = await command("prune");
    expect([pruned.exitCode, pruned.json().removed]).toEqual([0, []]);
    expect(await standings()).toEqual(["failed", "failed"]);
  });

  it("never counts what stopped being usable, and so never removes the last one that is", async () => {
    schedule({ retention: { keepLast: 1 } });
    const old = (await takeDaysAgo(5)).set;
    config = { ...config, retention: { keepLast: 2 } };
    const broken = (await takeDaysAgo(1)).set;
    config = { ...config, retention: { keepLast: 1 } };
    cluster.driver.only.set(broken.members[0].name, { readyFor: 0 });
    await cluster.until(async () => (await standings()).join() === "good,damaged", 30_000);
    const pruned = await command("prune");
    expect([pruned.exitCode, pruned.json().removed]).toEqual([80, []]);
    expect((await list()).map(({ id }: { id: string }) => id)).toEqual([old.id, broken.id]);
  });

  it("ends a removal that was interrupted, and never shows its rest as good", async () => {
    schedule({ retention: { keepLast: 2 } });
    const [first] = [(await takeDaysAgo(3)).set, await takeDaysAgo(2)];
    await cluster.client.patch(`${SNAPSHOTS}/${first.members[0].name}`, { metadata: { labels: { "pgkeep/verdict": "removing" } } });
    expect(await standings()).toEqual(["removing", "good"]);
    const pruned = await command("prune");
    expect([pruned.exitCode, pruned.json().removed]).toEqual([0, [{ id: first.id, leftBehind: [] }]]);
    expect(await standings()).toEqual(["good"]);
  });

  it("says for people what stays and what goes", async () => {
    schedule({ retention: { keepLast: 1 } });
    await takeDaysAgo(2);
    config = { ...config, retention: { keepLast: 3 } };
    await takeDaysAgo(1);
    config = { ...config, retention: { keepLast: 1 } };
    const shown = await cluster.run(["prune", "--dry-run"], cluster.environment(config, kubeconfig));
    expect(shown.stdout).toMatch(/remove +not among the last 1\n.* keep +1 of the last 1; newest good one/);
    const listed = await cluster.run(["list"], cluster.environment(config, kubeconfig));
    expect(listed.stdout).toMatch(/ good +one volume +1 of 1/);
  });
});
