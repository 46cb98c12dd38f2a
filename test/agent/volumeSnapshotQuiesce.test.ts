import { QuiescedKind, type VolumeSnapshotConfigInput, type VolumeSnapshotMode } from "@pgkeep/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { missingCustomResources } from "../support/customResources.js";
import { NAMESPACE, SnapshotCluster } from "../support/volumeSnapshots/SnapshotCluster.js";

const RECORD = "pgkeep/quiesced";
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;

describe.skipIf(missingCustomResources() !== undefined)("snapshots while everything that writes is stopped, on a real API server", () => {
  let cluster: SnapshotCluster;
  let kubeconfig: string;
  let slots = 0;
  const config: VolumeSnapshotConfigInput = {
    version: 1,
    name: "orders",
    namespace: NAMESPACE,
    mode: "quiesce" as VolumeSnapshotMode,
    claims: ["data", "wal"],
    workloads: [
      { kind: QuiescedKind.Deployment, name: "api" },
      { kind: QuiescedKind.StatefulSet, name: "db" },
    ],
    stoppedWithin: "20s",
    readyWithin: "30s",
  };
  const environment = (changes: Partial<VolumeSnapshotConfigInput> = {}, run?: { id: string; slot: string }) =>
    cluster.environment({ ...config, ...changes }, kubeconfig, run);
  const nextRun = () => {
    slots += 1;
    return { id: `job-${slots}`, slot: new Date(Date.UTC(2026, 8, slots)).toISOString() };
  };
  const take = async (changes: Partial<VolumeSnapshotConfigInput> = {}, run = nextRun()) =>
    await cluster.run(["take", "--json"], environment(changes, run));
  const resume = async (...words: string[]) => await cluster.run(["resume", "--json", ...words], environment());
  const state = async () => {
    const workloads = await Promise.all(["Deployment api", "StatefulSet db"].map((name) => cluster.readWorkload(name)));
    return workloads.map(({ spec, metadata }) => [spec.replicas, metadata.annotations?.[RECORD] !== undefined]);
  };
  const RUNNING = [
    [2, false],
    [1, false],
  ];
  const lastSet = async () => (await cluster.run(["list", "--json"], environment())).json().sets.at(-1);

  beforeAll(async () => {
    cluster = await SnapshotCluster.start();
    for (const claim of ["data", "wal"]) await cluster.claim(claim);
    await cluster.workload("Deployment", "api", 2, []);
    await cluster.workload("StatefulSet", "db", 1, ["data", "wal"]);
    kubeconfig = await cluster.account(config);
  }, 60_000);
  afterAll(async () => await cluster?.stop());
  beforeEach(async () => {
    cluster.workloads.seen.clear();
    await cluster.until(async () => (await cluster.client.list(PODS)).length === 3);
  });
  afterEach(() => {
    cluster.driver.behaviour = {};
    cluster.workloads.endsAfter = 300;
    cluster.workloads.tells = true;
  });

  it("stops the application and then its database, cuts, brings both back before the snapshots are ready", async () => {
    cluster.driver.behaviour = { data: { readyAfter: 6000 } };
    const taking = take();
    await cluster.until(async () => (await cluster.client.list(PODS)).length === 0, 30_000);
    const [api, db] = await Promise.all(["Deployment api", "StatefulSet db"].map((name) => cluster.readWorkload(name)));
    const record = JSON.parse(api.metadata.annotations[RECORD]);
    expect(record).toMatchObject({ schedule: "orders", replicas: 2, pod: null });
    expect(Date.parse(record.until) - Date.parse(record.since)).toBe(1_800_000);
    expect(JSON.parse(db.metadata.annotations[RECORD]).replicas).toBe(1);
    await cluster.until(async () => JSON.stringify(await state()) === JSON.stringify(RUNNING), 30_000);
    expect((await lastSet()).standing).toBe("running");
    const taken = await taking;
    expect(taken.exitCode, taken.stderr).toBe(0);
    const { set, stopped } = taken.json();
    expect(set).toMatchObject({ verdict: "good", consistency: "stopped" });
    // Nothing was there any more when each was cut, nor before that.
    for (const { name } of set.members) {
      const cut = cluster.driver.cut.get(name)?.getTime() ?? 0;
      expect(cut).toBeGreaterThan(Date.parse(stopped.since));
      expect(cut).toBeLessThan(Date.parse(stopped.until));
    }
    expect(Object.fromEntries(cluster.workloads.seen)).toEqual({ api: [2, 0, 2], db: [1, 0, 1] });
  });

  it("takes nothing before the Pods themselves are gone, and brings all back where they do not go", async () => {
    cluster.workloads.endsAfter = 60_000;
    const before = (await cluster.snapshots()).length;
    const taken = await take({ stoppedWithin: "2s" });
    expect([taken.exitCode, taken.json().error.problems[0]]).toEqual([
      75,
      expect.objectContaining({ received: expect.stringContaining("Pod api-0"), reason: expect.stringContaining("nothing was taken") }),
    ]);
    expect(await cluster.snapshots()).toHaveLength(before);
    expect(await state()).toEqual(RUNNING);
  });

  it("takes nothing before the controllers know that it is stopped: they may still be making Pods for what was before", async () => {
    cluster.workloads.tells = false;
    const before = (await cluster.snapshots()).length;
    const taken = await take({ stoppedWithin: "3s" });
    expect([taken.exitCode, taken.json().error.problems[0].received]).toEqual([75, "still there: the former state of Deployment api"]);
    expect(await cluster.snapshots()).toHaveLength(before);
    expect(await state()).toEqual(RUNNING);
  });

  it("waits for a Pod that nobody named, if it has one of the claims", async () => {
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "stray" },
      spec: { containers: [{ name: "main", image: "none" }], volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] },
    };
    await cluster.client.create(PODS, pod);
    try {
      const taken = await take({ stoppedWithin: "3s" });
      expect([taken.exitCode, taken.json().error.problems[0].received]).toEqual([75, "still there: Pod stray, which has the claim data"]);
    } finally {
      await cluster.client.remove(`${PODS}/stray`, { gracePeriodSeconds: 0 });
    }
    expect(await state()).toEqual(RUNNING);
  });

  it.each([
    [
      "somebody scales up while volumes are cut",
      async () => {
        await cluster.client.patch(`/apis/apps/v1/namespaces/${NAMESPACE}/statefulsets/db`, { spec: { replicas: 1 } });
      },
      /StatefulSet db was scaled to 1/,
    ],
    [
      "somebody scales up and down again in between",
      async () => {
        for (const replicas of [1, 0])
          await cluster.client.patch(`/apis/apps/v1/namespaces/${NAMESPACE}/statefulsets/db`, { spec: { replicas } });
      },
      /StatefulSet db was changed/,
    ],
    [
      "a Pod with a claim comes and goes in between",
      async () => {
        const volumes = [{ name: "wal", persistentVolumeClaim: { claimName: "wal" } }];
        const spec = { containers: [{ name: "main", image: "none" }], volumes };
        await cluster.client.create(PODS, { apiVersion: "v1", kind: "Pod", metadata: { name: "stray" }, spec });
        await cluster.client.remove(`${PODS}/stray`, { gracePeriodSeconds: 0 });
      },
      /there was Pod stray, which has the claim wal/,
    ],
  ])("is never called good where %s", async (_what, disturb, reason) => {
    cluster.driver.behaviour = { wal: { cutAfter: 4000 } };
    const taking = take();
    const before = (await cluster.snapshots()).length;
    await cluster.until(async () => (await cluster.snapshots()).length > before, 30_000);
    await disturb();
    const taken = await taking;
    expect(taken.exitCode, taken.stderr).toBe(65);
    expect(taken.json().error.problems[0].reason).toMatch(reason);
    cluster.driver.behaviour = {};
    expect(await lastSet()).toMatchObject({ standing: "failed", reason: expect.stringMatching(reason) });
    expect(await state()).toEqual(RUNNING);
  });

  it("brings back what it stopped when the storage does not cut, at resumeWithin", async () => {
    cluster.driver.behaviour = { wal: { cutAfter: Number.POSITIVE_INFINITY } };
    const taken = await take({ stoppedWithin: "5s", resumeWithin: "10s", readyWithin: "10m" });
    expect([taken.exitCode, taken.json().error.problems[0].reason]).toEqual([75, expect.stringContaining("(resumeWithin)")]);
    expect(await state()).toEqual(RUNNING);
  }, 60_000);

  it("brings back what it stopped when it is interrupted", async () => {
    cluster.driver.behaviour = { wal: { cutAfter: Number.POSITIVE_INFINITY } };
    const running = cluster.project.start(["snapshot", "take"], { environment: environment({}, nextRun()) });
    await cluster.until(async () => (await state()).every(([replicas]) => replicas === 0), 30_000);
    running.child.kill("SIGTERM");
    const { exitCode, stderr } = await running.ended;
    expect([exitCode, stderr]).toEqual([75, expect.stringContaining("interrupted by SIGTERM")]);
    expect(await state()).toEqual(RUNNING);
  });

  describe("where a run was killed between stopping and bringing back", () => {
    const killed = async (changes: Partial<VolumeSnapshotConfigInput> = {}, pod?: string) => {
      cluster.driver.behaviour = { wal: { cutAfter: Number.POSITIVE_INFINITY } };
      const run = nextRun();
      const variables = { ...environment(changes, run), ...(pod === undefined ? {} : { PGKEEP_POD_UID: pod }) };
      const running = cluster.project.start(["snapshot", "take"], { environment: variables });
      await cluster.until(async () => (await state()).every(([replicas]) => replicas === 0), 30_000);
      return {
        run,
        running,
        kill: async () => {
          running.child.kill("SIGKILL");
          await running.ended;
        },
      };
    };
    const agentPod = async () =>
      (
        await cluster.client.create(PODS, {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: "agent" },
          spec: { containers: [{ name: "agent", image: "none" }] },
        })
      ).metadata.uid;
    afterEach(async () => await cluster.client.remove(`${PODS}/agent`, { gracePeriodSeconds: 0 }));

    it("the watchdog leaves a living run alone, and brings back as soon as its Pod is gone; a second time does nothing", async () => {
      const { kill } = await killed({}, await agentPod());
      const beside = await resume();
      expect([beside.exitCode, beside.json().resumed, beside.json().held]).toEqual([
        0,
        [],
        [expect.objectContaining({ name: "db", schedule: "orders" }), expect.objectContaining({ name: "api" })],
      ]);
      await kill();
      expect((await state()).map(([replicas]) => replicas)).toEqual([0, 0]);
      await cluster.client.remove(`${PODS}/agent`, { gracePeriodSeconds: 0 });
      const [first, second] = [await resume(), await resume()];
      expect(first.json().resumed).toEqual([
        expect.objectContaining({ kind: "StatefulSet", name: "db", replicas: 1, reason: "the run that stopped it is over" }),
        expect.objectContaining({ kind: "Deployment", name: "api", replicas: 2 }),
      ]);
      expect([second.exitCode, second.json()]).toEqual([0, { resumed: [], held: [] }]);
      expect(await state()).toEqual(RUNNING);
    });

    it("two watchdogs at once bring back once", async () => {
      const { kill } = await killed({}, await agentPod());
      await kill();
      await cluster.client.remove(`${PODS}/agent`, { gracePeriodSeconds: 0 });
      const both = await Promise.all([resume(), resume()]);
      expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      expect(both.flatMap(({ json }) => json().resumed)).toHaveLength(2);
      expect(await state()).toEqual(RUNNING);
    });

    it("the watchdog waits for resumeWithin where the run's Pod is not known, unless it is told not to", async () => {
      const { kill } = await killed({ stoppedWithin: "5s", resumeWithin: "12s" });
      await kill();
      const early = await resume();
      expect([early.exitCode, early.json().held]).toEqual([0, [expect.anything(), expect.anything()]]);
      let late = early;
      await cluster.until(async () => {
        late = await resume();
        return late.json().resumed.length === 2;
      }, 30_000);
      expect(late.json().resumed[0].reason).toMatch(/^it was to be stopped until .* at most$/);
      expect(await state()).toEqual(RUNNING);
      const again = await killed();
      await again.kill();
      expect((await resume("--now")).json().resumed).toHaveLength(2);
      expect(await state()).toEqual(RUNNING);
    }, 60_000);

    it("the next try of the run heals it first and takes another set; the replicas are those from before", async () => {
      const before = (await cluster.snapshots()).length;
      const { kill, run } = await killed({}, await agentPod());
      await cluster.until(async () => (await cluster.snapshots()).length === before + 2);
      await kill();
      await cluster.client.remove(`${PODS}/agent`, { gracePeriodSeconds: 0 });
      cluster.driver.behaviour = {};
      const taken = await take({}, run);
      expect(taken.exitCode, taken.stderr).toBe(0);
      expect(taken.json().set.id).toMatch(/-2$/);
      expect(taken.json().resumed).toHaveLength(2);
      const sets = (await cluster.run(["list", "--json"], environment())).json().sets.slice(-2);
      expect(sets.map(({ standing, reason }: { standing: string; reason: string | null }) => [standing, reason])).toEqual([
        ["failed", "another try of its run took its place"],
        ["good", null],
      ]);
      expect(await state()).toEqual(RUNNING);
    });

    it("another run does not stop what a living one holds", async () => {
      const { kill } = await killed({}, await agentPod());
      const other = await take({ name: "other" });
      expect([other.exitCode, other.json().error.problems[0].reason]).toEqual([75, expect.stringContaining("of orders, until")]);
      await kill();
      await cluster.client.remove(`${PODS}/agent`, { gracePeriodSeconds: 0 });
      await resume();
      expect(await state()).toEqual(RUNNING);
    });
  });

  it("does not undo what somebody scaled by hand, and tells a record that cannot be read", async () => {
    const path = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/api`;
    const record = { schedule: "orders", set: "x", pod: null, replicas: 2, since: "2026-01-01T00:00:00Z", until: "2026-01-01T00:30:00Z" };
    await cluster.client.patch(path, { metadata: { annotations: { [RECORD]: JSON.stringify(record) } }, spec: { replicas: 3 } });
    expect((await resume()).exitCode).toBe(0);
    expect((await state())[0]).toEqual([3, false]);
    await cluster.client.patch(path, { metadata: { annotations: { [RECORD]: "replicas: 2" } }, spec: { replicas: 2 } });
    const broken = await resume();
    expect([broken.exitCode, broken.json().error.problems[0].next]).toEqual([
      65,
      expect.stringContaining("kubectl annotate deployment api pgkeep/quiesced-"),
    ]);
    expect((await take()).exitCode).toBe(65);
    await cluster.client.patch(path, { metadata: { annotations: { [RECORD]: null } } });
  });
});
