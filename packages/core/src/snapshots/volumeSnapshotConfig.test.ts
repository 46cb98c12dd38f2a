import { describe, expect, test } from "vitest";
import { ProblemError } from "../problem.js";
import { parseVolumeSnapshotConfig } from "./parseVolumeSnapshotConfig.js";
import { volumeSnapshotRights } from "./volumeSnapshotRights.js";

const single = { version: 1, name: "orders", namespace: "shop", mode: "single", claims: ["data"] };
const group = { ...single, mode: "group", claims: ["data", "wal"], selector: { app: "orders" } };
const quiesce = { ...single, mode: "quiesce", claims: ["data", "wal"], workloads: [{ kind: "StatefulSet", name: "db" }] };

function refusals(value: unknown): string[] {
  try {
    parseVolumeSnapshotConfig(value, (path) => (path[0] === "claims" ? "claims.yaml:3" : undefined));
  } catch (error) {
    if (error instanceof ProblemError) return error.problems.map(({ where, reason }) => `${where}: ${reason}`);
    throw error;
  }
  return [];
}

describe("what a schedule of volume snapshots says", () => {
  test("is filled with defaults", () => {
    expect(parseVolumeSnapshotConfig(single)).toEqual({
      ...{ ...single, groupApiVersion: "v1", workloads: [], readyWithin: 600_000, maxSpread: 10_000, stoppedWithin: 300_000 },
      ...{ resumeWithin: 1_800_000, timeZone: "UTC", keepFailed: 3, expireRetained: false },
    });
    expect(refusals(group)).toEqual([]);
    expect(refusals({ ...quiesce, retention: { keepLast: 7, keepWeekly: 4 } })).toEqual([]);
  });

  test.each<[string, unknown, RegExp[]]>([
    ["several volumes by themselves", { ...single, claims: ["data", "wal"] }, [/^claims \(claims.yaml:3\): these are several volumes/]],
    ["a group without labels", { ...group, selector: undefined }, [/^selector: this is missing/]],
    ["a label that none can be", { ...group, selector: { app: "a b" } }, [/^selector.app: Kubernetes takes this for no value/]],
    ["nothing to stop", { ...quiesce, workloads: [] }, [/^workloads: this is missing/]],
    ["a workload twice", { ...quiesce, workloads: [...quiesce.workloads, ...quiesce.workloads] }, [/^workloads\[1\]: .* named twice/]],
    ["no time to cut", { ...quiesce, stoppedWithin: "5m", resumeWithin: "5m" }, [/^resumeWithin: this is no longer than stoppedWithin/]],
    ["a newer document", { ...single, version: 2 }, [/^version: .*newer pgkeep/]],
    [
      "what belongs to other modes",
      { ...single, workloads: quiesce.workloads, selector: { a: "b" }, groupSnapshotClass: "c" },
      [/^workloads: nothing is stopped/, /^selector: there is no group/, /^groupSnapshotClass: there is no group/],
    ],
    [
      "retention of dumps",
      { ...single, retention: { keepLast: 3, afterBackup: true, keepSuspicious: "9d" } },
      [/^retention.afterBackup/, /^retention.keepSuspicious/],
    ],
    [
      "all at once, and what was meant",
      { ...single, name: "Orders", claims: [], mod: "single" },
      [/^name: /, /^claims .*: this list is empty/, /^mod: there is no such setting/],
    ],
    ["an empty policy", { ...single, retention: {} }, [/^retention: this policy names no rule/]],
  ])("%s is refused", (_what, value, expected) => {
    const found = refusals(value);
    expect(found).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(found[index]).toMatch(pattern);
  });
});

describe("rights", () => {
  const lines = (config: unknown) =>
    volumeSnapshotRights(parseVolumeSnapshotConfig(config)).map(
      ({ scope, resources, verbs, resourceNames }) => `${scope} ${resources}: ${verbs} ${resourceNames ?? "-"}`,
    );

  test("are by name where Kubernetes can do that", () => {
    expect(lines(quiesce)).toEqual([
      "namespace volumesnapshots: create,get,list,patch,delete -",
      "cluster volumesnapshotcontents: get -",
      "namespace persistentvolumeclaims: get data,wal",
      "namespace statefulsets: get,patch db",
      "namespace pods: list,watch -",
    ]);
    expect(lines({ ...group, expireRetained: true })).toEqual([
      "namespace volumegroupsnapshots: create,get,list,patch,delete -",
      "cluster volumegroupsnapshotcontents: get,patch -",
      "namespace volumesnapshots: get,list,patch -",
      "cluster volumesnapshotcontents: get,patch -",
      "namespace persistentvolumeclaims: list -",
    ]);
  });

  test("say why no names are given", () => {
    for (const { resourceNames, reason } of volumeSnapshotRights(parseVolumeSnapshotConfig(quiesce))) {
      if (resourceNames === undefined) expect(reason).toMatch(/no names:/);
    }
  });
});
