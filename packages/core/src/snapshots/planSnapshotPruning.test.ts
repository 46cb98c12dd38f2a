import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planSnapshotPruning, type SnapshotRules, type StorageSnapshot } from "./planSnapshotPruning.js";

const DAY = 86_400_000;
const now = new Date("2026-11-30T12:00:00Z");
const tag = { key: "pgkeep:pre-deploy", value: "orders" };
const daysOld = (days: number, given: Partial<StorageSnapshot> = {}): StorageSnapshot => ({
  id: `orders-${days}`,
  source: "orders",
  takenAt: new Date(now.getTime() - days * DAY),
  status: "available",
  manual: true,
  tags: { [tag.key]: tag.value },
  ...given,
});
const plan = (snapshots: StorageSnapshot[], rules: Partial<SnapshotRules> = {}) =>
  planSnapshotPruning(snapshots, { tag, keep: 2, ...rules }, now);
const ids = (list: { id: string }[]) => list.map(({ id }) => id);

describe("what a pruning leaves", () => {
  test("the newest of a source, with the reason of each", () => {
    expect(plan([daysOld(3), daysOld(1), daysOld(4), daysOld(2)])).toEqual({
      keep: [
        { id: "orders-1", source: "orders", takenAt: daysOld(1).takenAt, reason: "the newest of orders" },
        { id: "orders-2", source: "orders", takenAt: daysOld(2).takenAt, reason: "among the newest 2 of orders" },
      ],
      remove: [
        { id: "orders-3", source: "orders", takenAt: daysOld(3).takenAt, reason: "not among the newest 2 of orders" },
        { id: "orders-4", source: "orders", takenAt: daysOld(4).takenAt, reason: "not among the newest 2 of orders" },
      ],
      others: 0,
    });
  });

  test.each([
    [1, ["orders-1"], ["orders-2", "orders-3"]],
    [2, ["orders-1", "orders-2"], ["orders-3"]],
    [3, ["orders-1", "orders-2", "orders-3"], []],
    [4, ["orders-1", "orders-2", "orders-3"], []],
    [0, ["orders-1"], ["orders-2", "orders-3"]],
  ])("keep %i of three", (keep, stay, go) => {
    const { keep: kept, remove } = plan([daysOld(1), daysOld(2), daysOld(3)], { keep });
    expect([ids(kept), ids(remove)]).toEqual([stay, go]);
  });

  test.each([
    [29, ["orders-30"]],
    [30, ["orders-30"]],
    [31, []],
  ])("what is younger than %i days, beyond the newest", (days, go) => {
    const { keep, remove } = plan([daysOld(1), daysOld(2), daysOld(30)], { olderThan: days * DAY });
    expect(ids(remove)).toEqual(go);
    if (go.length === 0) expect(keep[2]?.reason).toBe("younger than 31 d");
  });

  test("what is not available, which takes nobody's place either", () => {
    const creating = daysOld(0, { id: "creating", status: "creating", takenAt: null });
    const copying = daysOld(5, { id: "copying", status: "copying" });
    const { keep, remove } = plan([creating, daysOld(1), daysOld(2), daysOld(3), copying]);
    expect(keep.map(({ id, reason }) => [id, reason])).toEqual([
      ["creating", "its status is creating: only what is available is removed"],
      ["orders-1", "the newest of orders"],
      ["orders-2", "among the newest 2 of orders"],
      ["copying", "its status is copying: only what is available is removed"],
    ]);
    expect(ids(remove)).toEqual(["orders-3"]);
  });

  test("what nobody asked for, and what bears another tag or none: it is only counted", () => {
    const others = [
      daysOld(9, { id: "automated", manual: false }),
      daysOld(9, { id: "untagged", tags: {} }),
      daysOld(9, { id: "other-value", tags: { [tag.key]: "billing" } }),
      daysOld(9, { id: "value-in-other-case", tags: { [tag.key]: "Orders" } }),
    ];
    const { keep, remove, others: count } = plan([daysOld(1), daysOld(2), daysOld(3), ...others]);
    expect(ids([...keep, ...remove])).toEqual(["orders-1", "orders-2", "orders-3"]);
    expect(count).toBe(4);
  });

  test("as many of each source: two instances may have one tag", () => {
    const ofBilling = [1, 2, 3].map((days) => daysOld(days, { id: `billing-${days}`, source: "billing" }));
    expect(ids(plan([daysOld(4), daysOld(5), daysOld(6), ...ofBilling]).remove)).toEqual(["billing-3", "orders-6"]);
  });
});

describe("whatever snapshots there are", () => {
  const snapshot = fc.record({
    id: fc.uuid(),
    source: fc.constantFrom("orders", "billing"),
    takenAt: fc.option(fc.date({ min: new Date("2026-10-01"), max: now, noInvalidDate: true }), { nil: null }),
    status: fc.constantFrom("available", "creating", "deleting", "failed"),
    manual: fc.boolean(),
    tags: fc.constantFrom<Record<string, string>>({}, { [tag.key]: "orders" }, { [tag.key]: "billing" }, { "pgkeep:deployment": "orders" }),
  });
  const snapshots = fc.uniqueArray(snapshot, { selector: ({ id }) => id, maxLength: 40 });
  const rules = fc.record({
    keep: fc.integer({ min: -1, max: 5 }),
    olderThan: fc.option(fc.integer({ min: 0, max: 60 * DAY }), { nil: undefined }),
  });
  const eligible = ({ manual, status, takenAt, tags }: StorageSnapshot) =>
    manual && status === "available" && takenAt !== null && tags[tag.key] === tag.value;

  test("nothing goes that must not, and each is planned once", () => {
    fc.assert(
      fc.property(snapshots, rules, (all, given) => {
        const { keep, remove, others } = plan(all, given);
        const byId = new Map(all.map((one) => [one.id, one]));
        for (const { id } of remove) expect(eligible(byId.get(id) as StorageSnapshot)).toBe(true);
        expect(new Set(ids([...keep, ...remove])).size + others).toBe(all.length);
      }),
    );
  });

  test("the newest available ones of each source stay", () => {
    fc.assert(
      fc.property(snapshots, rules, (all, given) => {
        const gone = new Set(ids(plan(all, given).remove));
        for (const source of ["orders", "billing"]) {
          const times = (list: StorageSnapshot[]) => list.map(({ takenAt }) => takenAt?.getTime() ?? 0);
          const available = all.filter((one) => one.source === source && eligible(one));
          const left = available.filter(({ id }) => !gone.has(id));
          expect(left.length).toBeGreaterThanOrEqual(Math.min(available.length, Math.max(1, given.keep)));
          const removed = available.filter(({ id }) => gone.has(id));
          if (removed.length > 0) expect(Math.max(...times(removed))).toBeLessThanOrEqual(Math.min(...times(left)));
        }
      }),
    );
  });

  test("order does not matter, and to keep more removes no more", () => {
    fc.assert(
      fc.property(snapshots, rules, (all, given) => {
        expect(plan([...all].reverse(), given)).toEqual(plan(all, given));
        const fewer = new Set(ids(plan(all, { ...given, keep: given.keep + 1 }).remove));
        const more = new Set(ids(plan(all, given).remove));
        expect([...fewer].every((id) => more.has(id))).toBe(true);
      }),
    );
  });
});
