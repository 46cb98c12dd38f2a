import type { VolumeSnapshotConfigInput, VolumeSnapshotMode } from "@pgkeep/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { missingCustomResources } from "../support/customResources.js";
import { NAMESPACE, SnapshotCluster } from "../support/volumeSnapshots/SnapshotCluster.js";

const GROUPS = `/apis/groupsnapshot.storage.k8s.io/v1/namespaces/${NAMESPACE}/volumegroupsnapshots`;
const CONTENTS = "/apis/snapshot.storage.k8s.io/v1/volumesnapshotcontents";
const GROUP_CONTENTS = "/apis/groupsnapshot.storage.k8s.io/v1/volumegroupsnapshotcontents";

describe.skipIf(missingCustomResources() !== undefined)("snapshots of several volumes at one instant, on a real API server", () => {
  let cluster: SnapshotCluster;
  let kubeconfig: string;
  let slots = 0;
  const config: VolumeSnapshotConfigInput = {
    version: 1,
    name: "orders",
    namespace: NAMESPACE,
    mode: "group" as VolumeSnapshotMode,
    claims: ["data", "wal"],
    selector: { app: "orders" },
    groupSnapshotClass: "stand-in",
    readyWithin: "30s",
    maxSpread: "2s",
  };
  const command = async (words: string[], changes: Partial<VolumeSnapshotConfigInput> = {}, access = kubeconfig) => {
    slots += 1;
    const run = { id: `job-${slots}`, slot: new Date(Date.UTC(2026, 9, 1) + slots * 3_600_000).toISOString() };
    return await cluster.run([...words, "--json"], cluster.environment({ ...config, ...changes }, access, run));
  };
  const list = async (changes: Partial<VolumeSnapshotConfigInput> = {}) => (await command(["list"], changes)).json().sets;

  beforeAll(async () => {
    cluster = await SnapshotCluster.start();
    await cluster.claim("data", { app: "orders" });
    await cluster.claim("wal", { app: "orders" });
    await cluster.claim("cache", { app: "cache" });
    kubeconfig = await cluster.account(config);
  }, 60_000);
  afterAll(async () => await cluster?.stop());
  afterEach(() => {
    cluster.driver.group = {};
    cluster.driver.deletionPolicy = "Delete";
  });

  it("takes a group, and marks it and its members", async () => {
    const taken = await command(["take"]);
    expect(taken.exitCode, taken.stderr).toBe(0);
    const { set } = taken.json();
    expect(set).toMatchObject({
      verdict: "good",
      consistency: "one instant",
      claims: ["data", "wal"],
      group: { ready: true, bound: true },
    });
    const group = await cluster.client.get(`${GROUPS}/orders-${set.id}`);
    expect(group).toMatchObject({
      metadata: { labels: { "pgkeep/verdict": "good" }, annotations: { "pgkeep/consistency": "one instant" } },
      spec: { volumeGroupSnapshotClassName: "stand-in", source: { selector: { matchLabels: { app: "orders" } } } },
    });
    for (const { metadata } of await cluster.snapshots())
      expect(metadata.labels).toMatchObject({ "pgkeep/schedule": "orders", "pgkeep/set": set.id, "pgkeep/verdict": "good" });
    expect((await list())[0].standing).toBe("good");
  });

  it.each([
    ["lacks a member", { without: ["wal"] }, 65, /^wal has no snapshot in the group, which is ready without it$/],
    ["has one too many", { with: ["cache"] }, 65, /is of the claim cache, which does not belong to the set/],
    ["was cut one after another", { members: { wal: { cutOffset: 5000 } } }, 65, /the volumes were cut .* apart, and 2\.0 s are allowed/],
    ["is bound to another's content", { boundToAnother: true, members: { data: { boundToAnother: false } } }, 65, /which is another's/],
    ["has a member bound to another's content", { members: { data: { boundToAnother: true } } }, 65, /which is another's/],
    ["has a member that is never ready", { members: { wal: { readyAfter: Number.POSITIVE_INFINITY } } }, 75, /-wal is not ready yet/],
    ["has an error", { error: "not supported: GroupController" }, 75, /not supported: GroupController/],
    ["is never cut", { cutAfter: Number.POSITIVE_INFINITY }, 75, /data has no snapshot yet/],
    ["is ready for a moment only", { readyFor: 600 }, 75, /is not ready yet/],
  ])("is never called good where it %s", async (_what, behaviour, exitCode, reason) => {
    cluster.driver.group = behaviour;
    const taken = await command(["take"], { readyWithin: "3s" });
    expect(taken.exitCode, taken.stderr).toBe(exitCode);
    expect(taken.json().error.problems[0].reason).toMatch(reason);
    cluster.driver.group = {};
    const failed = (await list()).at(-1);
    expect(failed).toMatchObject({ standing: "failed", verdict: "failed", reason: expect.stringMatching(reason) });
  });

  it("sees before it takes one that the labels select other claims", async () => {
    const before = (await cluster.client.list(GROUPS)).length;
    const other = await command(["take"], { claims: ["data", "cache"] });
    expect([other.exitCode, other.json().error.problems.map(({ where }: { where: string }) => where)]).toEqual([
      78,
      ["claim cache in shop", "claim wal in shop"],
    ]);
    expect(await cluster.client.list(GROUPS)).toHaveLength(before);
  });

  it("removes a whole group, and what it leaves on the storage by the policy Retain is told", async () => {
    const changes = { name: "retained", retention: { keepLast: 1 } };
    cluster.driver.deletionPolicy = "Retain";
    const first = (await command(["take"], changes)).json().set;
    const second = await command(["take"], changes);
    expect(second.exitCode, second.stderr).toBe(0);
    const { removed } = second.json().pruning;
    const contents = [first.group.content, ...first.members.map(({ content }: { content: string }) => content)];
    expect(removed).toEqual([{ id: first.id, leftBehind: contents }]);
    expect(await cluster.client.get(`${GROUPS}/${first.group.name}`)).toBeUndefined();
    await cluster.until(async () => !(await cluster.snapshots()).some(({ metadata }) => metadata.labels?.["pgkeep/set"] === first.id));
    for (const { content } of first.members) {
      expect(cluster.driver.storage.has(content)).toBe(true);
      expect(await cluster.client.get(`${CONTENTS}/${content}`)).toBeDefined();
    }
    expect(await cluster.client.get(`${GROUP_CONTENTS}/${first.group.content}`)).toBeDefined();
  });

  it("expires it on the storage too where that is asked for, with the right that it needs then", async () => {
    const changes = { name: "expired", retention: { keepLast: 1 }, expireRetained: true };
    cluster.driver.deletionPolicy = "Retain";
    const first = (await command(["take"], changes)).json().set;
    const forbidden = await command(["take"], changes);
    expect([forbidden.exitCode, forbidden.json().error.problems[0].where]).toEqual([
      77,
      expect.stringContaining("patch volumegroupsnapshotcontents.groupsnapshot.storage.k8s.io"),
    ]);
    // The removal had begun: it counts for nothing, and the next pruning ends it.
    expect((await list(changes))[0].standing).toBe("removing");
    const allowed = await cluster.account({ ...config, ...changes });
    const pruned = await command(["prune"], changes, allowed);
    expect([pruned.exitCode, pruned.json().removed]).toEqual([0, [{ id: first.id, leftBehind: [] }]]);
    await cluster.until(async () => first.members.every(({ content }: { content: string }) => !cluster.driver.storage.has(content)));
    expect(await cluster.client.get(`${GROUP_CONTENTS}/${first.group.content}`)).toBeUndefined();
  });

  it("names the version of the API that the cluster serves instead", async () => {
    const name = "volumegroupsnapshots.groupsnapshot.storage.k8s.io";
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;
    const served = async (version: string, value: boolean) => {
      for (const resource of ["volumegroupsnapshots", "volumegroupsnapshotcontents", "volumegroupsnapshotclasses"]) {
        const at = path.replace("volumegroupsnapshots.", `${resource}.`);
        const { spec } = await cluster.client.get(at);
        const versions = spec.versions.map((one: { name: string }) => (one.name === version ? { ...one, served: value } : one));
        await cluster.client.patch(at, { spec: { versions } });
      }
    };
    await cluster.driver.pause();
    await served("v1", false);
    try {
      let refused = await command(["take"]);
      await cluster.until(async () => {
        refused = await command(["take"]);
        return refused.exitCode === 78;
      });
      expect(refused.json().error.problems[0]).toMatchObject({
        where: "groupsnapshot.storage.k8s.io/v1",
        received: expect.stringContaining("v1beta2"),
        next: "write groupApiVersion: v1beta2",
      });
      cluster.driver.resume("v1beta2");
      const taken = await command(["take"], { groupApiVersion: "v1beta2" });
      expect(taken.exitCode, taken.stderr).toBe(0);
      const group = `${GROUPS.replace("/v1/", "/v1beta2/")}/orders-${taken.json().set.id}`;
      expect((await cluster.client.get(group)).metadata.labels["pgkeep/verdict"]).toBe("good");
    } finally {
      await cluster.driver.pause();
      await served("v1", true);
      await cluster.until(async () => (await cluster.client.get(GROUPS)) !== undefined);
      cluster.driver.resume("v1");
    }
  });
});
