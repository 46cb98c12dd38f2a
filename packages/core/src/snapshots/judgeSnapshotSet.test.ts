import { describe, expect, test } from "vitest";
import { isCut, judgeSnapshotSet } from "./judgeSnapshotSet.js";
import type { SnapshotGroup, SnapshotMember } from "./SnapshotSet.js";
import { memberOf, setOf } from "./snapshotSet.fixture.js";

const at = new Date("2026-11-30T02:00:00Z");
const later = (seconds: number) => new Date(at.getTime() + seconds * 1000);
const group: SnapshotGroup = {
  name: "group",
  uid: "uid-group",
  ready: true,
  bound: true,
  error: null,
  content: "content",
  retained: false,
};
const judge = (members: SnapshotMember[], given: SnapshotGroup | null = null) =>
  judgeSnapshotSet({ claims: ["data", "wal"], group: given, members }, { maxSpread: 10_000 });
const [data, wal] = [memberOf("data", at), memberOf("wal", at)];

describe("a set", () => {
  test("is good when every claim has one that is ready, bound and without an error", () => {
    expect(judge([data, wal])).toEqual({ state: "good" });
    expect(judge([data, wal], group)).toEqual({ state: "good" });
  });

  test.each<[string, SnapshotMember[], SnapshotGroup | null, RegExp]>([
    ["has another's", [data, wal, memberOf("cache", at)], null, /cache, which does not belong/],
    ["has one of nobody", [data, wal, memberOf("x", at, { claim: null })], group, /belongs to no claim/],
    ["has one twice", [data, data, wal], null, /data has several/],
    ["lacks one, and its group is ready", [data], group, /wal has no snapshot in the group/],
    ["is bound to another's content", [data, { ...wal, bound: false }], null, /another's/],
    ["has a group that is", [data, wal], { ...group, bound: false }, /another's/],
    ["was cut apart", [data, memberOf("wal", later(11))], group, /11\.0 s apart/],
  ])("is wrong when it %s", (_what, members, given, reason) => {
    const judged = judge(members, given);
    expect(judged).toEqual({ state: "wrong", problems: [expect.stringMatching(reason)] });
  });

  test("of volumes that were cut as far apart as is allowed is good, and one without a group at any distance", () => {
    expect(judge([data, memberOf("wal", later(10))], group)).toEqual({ state: "good" });
    expect(judge([data, memberOf("wal", later(100))])).toEqual({ state: "good" });
  });

  test.each<[string, SnapshotMember[], SnapshotGroup | null, RegExp]>([
    ["lacks one", [data], null, /wal has no snapshot yet/],
    ["lacks one, and its group is not ready", [data], { ...group, ready: false }, /wal has no snapshot yet/],
    ["has one that is not ready", [data, { ...wal, ready: false }], null, /wal is not ready/],
    ["has one that is not bound yet", [data, { ...wal, bound: null }], null, /wal has no content/],
    ["has one with an error although it is ready", [data, { ...wal, error: "no space" }], null, /no space/],
    ["has one without a time", [data, { ...wal, cutAt: null }], null, /no time/],
    ["has a group with an error", [data, wal], { ...group, error: "no groups" }, /no groups/],
    ["has nothing", [], null, /data has no snapshot yet/],
  ])("is waited for while it %s", (_what, members, given, reason) => {
    const judged = judge(members, given);
    expect(judged.state === "pending" && judged.waitingFor.join()).toMatch(reason);
  });
});

test("a set is cut once each of its volumes is, ready or not", () => {
  const set = setOf("x", at);
  expect(isCut({ ...set, members: set.members.map((member) => ({ ...member, ready: false })) })).toBe(true);
  expect(isCut({ ...set, members: [data] })).toBe(false);
  expect(isCut({ ...set, members: [data, { ...wal, cutAt: null }] })).toBe(false);
  expect(isCut({ ...set, members: [data, { ...wal, bound: null }] })).toBe(false);
});
