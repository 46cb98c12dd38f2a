import type { VolumeSnapshotConfigInput, VolumeSnapshotMode } from "@pgkeep/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { missingCustomResources } from "../support/customResources.js";
import { freePort } from "../support/freePort.js";
import { NAMESPACE, SnapshotCluster } from "../support/volumeSnapshots/SnapshotCluster.js";

describe.skipIf(missingCustomResources() !== undefined)("snapshots of one volume, on a real API server", () => {
  let cluster: SnapshotCluster;
  let kubeconfig: string;
  let slots = 0;
  const config: VolumeSnapshotConfigInput = {
    version: 1,
    name: "orders",
    namespace: NAMESPACE,
    mode: "single" as VolumeSnapshotMode,
    claims: ["data"],
    readyWithin: "30s",
  };
  const nextRun = () => {
    slots += 1;
    return { id: `job-${slots}`, slot: new Date(Date.UTC(2026, 10, slots)).toISOString() };
  };
  const take = async (changes: object = {}, run = nextRun()) =>
    await cluster.run(["take", "--json"], cluster.environment({ ...config, ...changes }, kubeconfig, run));
  const list = async (changes: object = {}) =>
    (await cluster.run(["list", "--json"], cluster.environment({ ...config, ...changes }, kubeconfig))).json().sets;

  beforeAll(async () => {
    cluster = await SnapshotCluster.start();
    await cluster.claim("data");
    kubeconfig = await cluster.account(config);
  }, 60_000);
  afterAll(async () => await cluster?.stop());
  afterEach(() => {
    cluster.driver.behaviour = {};
    cluster.driver.deletionPolicy = "Delete";
  });

  it("takes one with exactly its rights, and writes on it what it is worth", async () => {
    const run = { id: "first", slot: "2026-11-01T02:00:00Z" };
    const taken = await take({}, run);
    expect(taken.exitCode, taken.stderr).toBe(0);
    const { set, pruning } = taken.json();
    expect(set).toMatchObject({ verdict: "good", consistency: "one volume", claims: ["data"] });
    expect(set.id).toMatch(/^20261101t020000z-[a-z0-9]{8}$/);
    expect(pruning).toEqual({ plan: { retention: null, failed: [], unfinished: [] }, removed: [] });
    const [snapshot] = await cluster.snapshots();
    expect(snapshot.metadata).toMatchObject({
      name: `orders-${set.id}-data`,
      labels: { "pgkeep/schedule": "orders", "pgkeep/set": set.id, "pgkeep/verdict": "good" },
      annotations: { "pgkeep/claims": "data", "pgkeep/consistency": "one volume", "pgkeep/taken-at": expect.stringMatching(/Z$/) },
    });
    const again = await take({}, run);
    expect(again.json()).toMatchObject({ taken: "before", set: { id: set.id } });
    expect(await cluster.snapshots()).toHaveLength(1);
  });

  it.each([
    ["is never ready", { readyAfter: Number.POSITIVE_INFINITY }, 75, /is not ready yet/],
    ["is never cut", { cutAfter: Number.POSITIVE_INFINITY }, 75, /is not ready yet.*no time at which it was cut/],
    ["has an error, over and over", { error: "rpc error: out of space" }, 75, /rpc error: out of space/],
    ["is ready for a moment only", { readyFor: 500 }, 75, /is not ready yet/],
    ["is bound to another's content", { boundToAnother: true }, 65, /which is another's/],
  ])("marks as failed what %s", async (_what, behaviour, exitCode, reason) => {
    cluster.driver.behaviour = { data: behaviour };
    const taken = await take({ readyWithin: "3s" });
    expect(taken.exitCode, taken.stderr).toBe(exitCode);
    expect(taken.json().error.problems[0].reason).toMatch(reason);
    const failed = (await list()).at(-1);
    expect(failed).toMatchObject({ standing: "failed", verdict: "failed", reason: expect.stringMatching(reason) });
    // What becomes ready later does not count.
    cluster.driver.behaviour = {};
    await cluster.until(async () => (await list()).at(-1).members[0].ready);
    expect((await list()).at(-1).standing).toBe("failed");
  });

  it("waits for a slow one", async () => {
    cluster.driver.behaviour = { data: { cutAfter: 700, readyAfter: 1200 } };
    const taken = await take();
    expect(taken.exitCode, taken.stderr).toBe(0);
  });

  it("another try of a run goes on with what the first began, and after a failure takes another", async () => {
    cluster.driver.behaviour = { data: { readyAfter: Number.POSITIVE_INFINITY } };
    const run = nextRun();
    const controller = cluster.project.start(["snapshot", "take"], { environment: cluster.environment(config, kubeconfig, run) });
    const before = (await cluster.snapshots()).length;
    await cluster.until(async () => (await cluster.snapshots()).length === before + 1, 20_000);
    controller.child.kill("SIGKILL");
    await controller.ended;
    const begun = (await list()).at(-1);
    expect(begun).toMatchObject({ standing: "running", verdict: null });
    const late = await take({ readyWithin: "3s" }, run);
    expect(late.exitCode).toBe(75);
    expect(late.json().error.problems[0].where).toContain(begun.id);
    cluster.driver.behaviour = {};
    const third = await take({}, run);
    expect(third.json().set.id).toBe(`${begun.id}-2`);
    expect((await list()).slice(-2).map(({ standing }: { standing: string }) => standing)).toEqual(["failed", "good"]);
  });

  it("tells of what was good and is not any more, and counts it for nothing", async () => {
    const changes = { name: "flips", retention: { keepLast: 1 } };
    cluster.driver.behaviour = { data: { readyFor: 4000 } };
    const first = (await take(changes)).json();
    expect(first.set.verdict).toBe("good");
    await cluster.until(async () => (await list(changes))[0].standing === "damaged");
    const pruned = await cluster.run(["prune", "--json"], cluster.environment({ ...config, ...changes }, kubeconfig));
    expect([pruned.exitCode, pruned.json().removed]).toEqual([80, []]);
  });

  it("is told which claim is not there before anything is made", async () => {
    const before = (await cluster.snapshots()).length;
    const wide = { ...config, claims: ["absent"] };
    const taken = await cluster.run(["take", "--json"], cluster.environment(wide, await cluster.account(wide), nextRun()));
    expect([taken.exitCode, taken.json().error.problems[0].where]).toEqual([78, "claim absent in shop"]);
    expect(await cluster.snapshots()).toHaveLength(before);
  });

  it.each([
    ["volumesnapshots", "create", "create volumesnapshots.snapshot.storage.k8s.io"],
    ["volumesnapshots", "list", "list volumesnapshots.snapshot.storage.k8s.io"],
    ["volumesnapshots", "patch", "patch volumesnapshots.snapshot.storage.k8s.io"],
    ["volumesnapshotcontents", "get", "get volumesnapshotcontents.snapshot.storage.k8s.io"],
    ["persistentvolumeclaims", "get", "get persistentvolumeclaims"],
  ])("needs the right to %s %s, and says so without it", async (resource, verb, where) => {
    const less = await cluster.account(config, (right) =>
      right.resources.includes(resource) ? { ...right, verbs: right.verbs.filter((one) => one !== verb) } : right,
    );
    const taken = await cluster.run(["take", "--json"], cluster.environment(config, less, nextRun()));
    expect([taken.exitCode, taken.json().error.problems[0].where]).toEqual([77, expect.stringContaining(where)]);
  });

  it("tells an API server that is not there, and a cluster that is nowhere", async () => {
    const nowhere = JSON.parse(cluster.kubernetes.kubeconfig);
    nowhere.clusters[0].cluster.server = `https://127.0.0.1:${await freePort()}`;
    cluster.project.write(nowhere, "nowhere.yaml");
    const gone = await cluster.run(["list", "--json"], cluster.environment(config, `${cluster.project.folder}/nowhere.yaml`));
    expect([gone.exitCode, gone.json().error.problems[0].received]).toEqual([69, expect.stringContaining("ECONNREFUSED")]);
    const none = await cluster.run(["list"], cluster.environment(config, `${cluster.project.folder}/absent.yaml`));
    expect([none.exitCode, none.stderr]).toEqual([78, expect.stringContaining("this kubeconfig cannot be read")]);
  }, 60_000);
});
