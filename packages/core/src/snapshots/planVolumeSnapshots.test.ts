import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseVolumeSnapshotConfig } from "./parseVolumeSnapshotConfig.js";
import { planVolumeSnapshots, SnapshotStanding, standingOf } from "./planVolumeSnapshots.js";
import { type SnapshotSet, SnapshotVerdict } from "./SnapshotSet.js";
import { setOf } from "./snapshotSet.fixture.js";
import type { VolumeSnapshotConfig } from "./volumeSnapshotConfig.js";

const HOUR = 3_600_000;
const now = new Date("2026-11-30T12:00:00Z");
const written = { version: 1, name: "orders", namespace: "shop", mode: "quiesce", claims: ["data", "wal"] };
const base = parseVolumeSnapshotConfig({
  ...written,
  workloads: [{ kind: "Deployment", name: "api" }],
  retention: { keepLast: 2 },
  keepFailed: 1,
});
const hoursAgo = (hours: number, given: Partial<SnapshotSet> = {}) =>
  setOf(`set-${String(hours).padStart(4, "0")}`, new Date(now.getTime() - hours * HOUR), given);
const failed = (hours: number) => hoursAgo(hours, { verdict: SnapshotVerdict.Failed, reason: "never ready" });
const undecided = (hours: number) => hoursAgo(hours, { verdict: null });
const broken = (hours: number) => {
  const set = hoursAgo(hours);
  return { ...set, members: set.members.map((member) => ({ ...member, ready: false })) };
};
const plan = (sets: SnapshotSet[], config: VolumeSnapshotConfig = base) => planVolumeSnapshots(sets, config, now);
const ids = (list: readonly { id: string }[] | undefined) => list?.map(({ id }) => id);

describe("what a set counts as", () => {
  test.each<[string, SnapshotSet, SnapshotStanding]>([
    ["good", hoursAgo(1), SnapshotStanding.Good],
    ["good once, and broken", broken(1), SnapshotStanding.Damaged],
    ["good once, and a part is gone", hoursAgo(1, { members: hoursAgo(1).members.slice(1) }), SnapshotStanding.Damaged],
    ["failed, although it became ready", failed(1), SnapshotStanding.Failed],
    ["nobody judged it yet", undecided(0), SnapshotStanding.Running],
    ["nobody judged it, and its run must be over", undecided(2), SnapshotStanding.Failed],
    ["its removal began", hoursAgo(1, { verdict: SnapshotVerdict.Removing }), SnapshotStanding.Removing],
  ])("%s", (_what, set, standing) => expect(standingOf(set, base, now).standing).toBe(standing));
});

describe("what goes", () => {
  test("is what the policy lets go of the good ones, by the time of the storage", () => {
    const cutLongAgo = { ...hoursAgo(1), members: hoursAgo(9).members };
    expect(ids(plan([cutLongAgo, hoursAgo(3), hoursAgo(2)]).retention?.remove)).toEqual(["set-0001"]);
  });

  test("is nothing good while the newest failed, or is broken, or its run died", () => {
    for (const newest of [failed(0), broken(0), { ...undecided(2), id: "dead" }]) {
      const { retention } = plan([hoursAgo(5), hoursAgo(4), hoursAgo(3), newest]);
      expect([ids(retention?.remove), retention?.stopped]).toEqual([[], expect.stringContaining(newest.id)]);
    }
  });

  test("does not wait for one that is being taken", () => {
    expect(ids(plan([hoursAgo(5), hoursAgo(4), hoursAgo(3), undecided(0)]).retention?.remove)).toEqual(["set-0005"]);
  });

  test("are failed ones by their own count, unless nothing is good", () => {
    expect(ids(plan([failed(5), failed(4), hoursAgo(3)]).failed)).toEqual(["set-0005"]);
    expect(ids(plan([hoursAgo(6), failed(5), failed(4)]).failed)).toEqual(["set-0005"]);
    expect(plan([failed(5), failed(4), broken(3)]).failed).toEqual([]);
  });

  test("is nothing by itself without a policy, but removals are ended", () => {
    const removing = hoursAgo(9, { verdict: SnapshotVerdict.Removing });
    expect(plan([removing, hoursAgo(1)], { ...base, retention: undefined })).toEqual({
      retention: null,
      failed: [],
      unfinished: ["set-0009"],
    });
  });
});

describe("whatever sets there are", () => {
  const kinds = { good: (hours: number) => hoursAgo(hours), failed, undecided, broken };
  const sets = fc
    .uniqueArray(
      fc.tuple(fc.integer({ min: 0, max: 2000 }), fc.constantFrom<keyof typeof kinds>("good", "good", "failed", "undecided", "broken")),
      {
        selector: ([hours]) => hours,
        maxLength: 30,
      },
    )
    .map((list) => list.map(([hours, kind]) => kinds[kind](hours)));
  const configs = fc
    .record({
      keepLast: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
      keepDaily: fc.integer({ min: 1, max: 4 }),
      keepFailed: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ keepFailed, ...rules }) => {
      const retention = { keepDaily: rules.keepDaily, ...(rules.keepLast === undefined ? {} : { keepLast: rules.keepLast }) };
      return parseVolumeSnapshotConfig({ ...written, mode: "single", claims: ["data"], retention, keepFailed });
    });

  test("the newest good one stays, what is broken or being taken stays, and each is planned once", () => {
    fc.assert(
      fc.property(sets, configs, (all, config) => {
        const made = planVolumeSnapshots(all, config, now);
        const going = [...(ids(made.retention?.remove) ?? []), ...(ids(made.failed) ?? [])];
        expect(new Set(going).size).toBe(going.length);
        const standing = new Map(all.map((set) => [set.id, standingOf(set, config, now).standing]));
        const good = all.filter(({ id }) => standing.get(id) === SnapshotStanding.Good);
        const newest = good.sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime())[0];
        if (newest === undefined) expect(going).toEqual([]);
        else expect(going).not.toContain(newest.id);
        for (const id of ids(made.retention?.remove) ?? []) expect(standing.get(id)).toBe(SnapshotStanding.Good);
        for (const id of ids(made.failed) ?? []) expect(standing.get(id)).toBe(SnapshotStanding.Failed);
        const reversed = planVolumeSnapshots([...all].reverse(), config, now);
        expect(reversed).toEqual(made);
      }),
    );
  });
});
