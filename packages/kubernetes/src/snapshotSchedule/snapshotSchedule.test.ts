import { parseVolumeSnapshotConfig, QuiescedKind, RetentionPreset, VolumeSnapshotMode } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type { SnapshotScheduleArgs } from "./SnapshotScheduleArgs.js";
import { longestTaking, snapshotTree } from "./snapshotScheduleConfiguration.js";
import { snapshotScheduleProblems } from "./snapshotScheduleProblems.js";

const SINGLE: SnapshotScheduleArgs = {
  namespace: "shop",
  mode: VolumeSnapshotMode.Single,
  claims: ["data"],
  schedule: "0 3 * * *",
  image: `ghcr.io/pgkeep/agent@sha256:${"0".repeat(64)}`,
};
const GROUP: SnapshotScheduleArgs = { ...SINGLE, mode: VolumeSnapshotMode.Group, claims: ["data", "wal"], selector: { app: "shop" } };
const database = { kind: QuiescedKind.StatefulSet, name: "shop-db" };
const QUIESCE: SnapshotScheduleArgs = { ...GROUP, mode: VolumeSnapshotMode.Quiesce, workloads: [database] };
const { selector: _, ...quiesce } = QUIESCE;

describe("the arguments of a schedule of snapshots", () => {
  it.each<[string, SnapshotScheduleArgs]>([
    ["of one volume", SINGLE],
    ["of a group", GROUP],
    ["that stops something", quiesce],
    ["with a name of 52 characters", { ...SINGLE, scheduleName: "a".repeat(52) }],
    ["with a name of 45 characters and a watchdog", { ...quiesce, scheduleName: "a".repeat(45) }],
    ["as often as a set takes at most", { ...SINGLE, schedule: "*/15 * * * *" }],
    ["as often as a set takes at most that stops something", { ...quiesce, schedule: "0 * * * *", resumeWithin: "45m" }],
    ["with a ready-made policy", { ...SINGLE, retention: { preset: RetentionPreset.Staging } }],
    ["that says of failed sets alone", { ...SINGLE, retention: { keepFailed: 10 } }],
    ["with the least memory", { ...SINGLE, resources: { memoryLimit: "256Mi" } }],
    ["of claims that are not known yet", { ...SINGLE, claims: pulumi.output(["data"]) }],
    ["of labels that are not known yet", { ...GROUP, selector: pulumi.output({ app: "shop" }) }],
  ])("are good %s", (_case, args) => {
    expect(snapshotScheduleProblems("volumes", args)).toEqual([]);
  });

  it.each<[string, object, string, RegExp]>([
    ["a name of 53 characters", { ...SINGLE, scheduleName: "a".repeat(53) }, "scheduleName", /53 characters/],
    ["a name that leaves no room for the watchdog's", { ...quiesce, scheduleName: "a".repeat(46) }, "scheduleName", /watchdog's CronJob/],
    ["a name with dots", { ...SINGLE, scheduleName: "shop.volumes" }, "scheduleName", /no such name/],
    ["a namespace that is none", { ...SINGLE, namespace: "Shop" }, "namespace", /./],
    ["no claims", { ...SINGLE, claims: [] }, "claims", /this list is empty/],
    ["a claim twice", { ...GROUP, claims: ["data", "data"] }, "claims[1]", /one snapshot of a volume is enough/],
    ["several claims by themselves", { ...SINGLE, claims: ["data", "wal"] }, "claims", /different instants/],
    ["nothing to stop", { ...quiesce, workloads: [] }, "workloads", /nothing would be stopped/],
    ["a workload twice", { ...quiesce, workloads: [database, database] }, "workloads[1]", /named twice/],
    ["a kind that cannot be stopped", { ...quiesce, workloads: [{ kind: "DaemonSet", name: "a" }] }, "workloads[0].kind", /not one of/],
    ["a group without labels", { ...GROUP, selector: {} }, "selector", /this is missing/],
    ["a group with a class of single snapshots", { ...GROUP, snapshotClassName: "csi" }, "snapshotClassName", /group's class/],
    ["labels where there is no group", QUIESCE, "selector", /no group in mode quiesce/],
    ["what only stops in another mode", { ...SINGLE, stoppedWithin: "1m" }, "stoppedWithin", /nothing is stopped in mode single/],
    ["a spread of one volume", { ...SINGLE, maxSpread: "1s" }, "maxSpread", /cut at one time/],
    ["back before it is stopped", { ...quiesce, stoppedWithin: "30m" }, "resumeWithin", /no longer than stoppedWithin/],
    ["minutes that divide no hour", { ...quiesce, watchdogMinutes: 25 }, "watchdogMinutes", /not one of the values/],
    ["a zone in the schedule", { ...SINGLE, schedule: "TZ=UTC 0 3 * * *" }, "schedule", /time zone has no place/],
    ["slots before a set is done", { ...SINGLE, schedule: "*/14 * * * *" }, "schedule", /./],
    ["slots before a set is done that stops something", { ...quiesce, schedule: "*/30 * * * *" }, "schedule", /may take 45 min/],
    ["a deadline before a set is done", { ...quiesce, deadline: "44m" }, "deadline", /may take 45 min/],
    ["a deadline beyond the next slot", { ...SINGLE, deadline: "25h" }, "deadline", /Forbid/],
    ["a policy that says nothing", { ...SINGLE, retention: {} }, "retention", /keep nothing but the minimum/],
    ["a policy of none", { ...SINGLE, retention: { keepLast: 0 } }, "retention.keepLast", /too small/],
    ["no failed sets", { ...SINGLE, retention: { keepLast: 1, keepFailed: 0 } }, "retention.keepFailed", /too small/],
    ["rules of dumps", { ...SINGLE, retention: { keepLast: 1, afterBackup: true } }, "retention.afterBackup", /no such argument/],
    ["too little memory", { ...SINGLE, resources: { memoryLimit: "255Mi" } }, "resources.memoryLimit", /would be killed/],
    ["its own variables", { ...SINGLE, environment: { PGKEEP_POD_UID: "x" } }, "environment.PGKEEP_POD_UID", /sets this variable itself/],
    ["what dumps have and this has not", { ...SINGLE, sidecars: [] }, "sidecars", /no such argument/],
  ])("with %s are refused", (_case, args, where, reason) => {
    const problems = snapshotScheduleProblems("volumes", args as SnapshotScheduleArgs);
    expect(problems.map((problem) => problem.where)).toEqual([where]);
    expect(problems[0]?.reason).toMatch(reason);
  });

  it("name what to write where another argument is meant, and no setting of the document", () => {
    const [problem] = snapshotScheduleProblems("volumes", { ...SINGLE, groupSnapshotClassName: "groups" });
    expect(problem).toMatchObject({ where: "groupSnapshotClassName", next: "remove it, or write snapshotClassName" });
  });
});

describe("the document for the agent", () => {
  const parsed = (args: SnapshotScheduleArgs) => parseVolumeSnapshotConfig(snapshotTree("volumes", args));

  it("has failed sets and the storage's own beside the policy", () => {
    const { retention, keepFailed, expireRetained } = parsed({ ...SINGLE, retention: { keepFailed: 7, expireRetained: true } });
    expect([retention, keepFailed, expireRetained]).toEqual([undefined, 7, true]);
    expect(parsed({ ...SINGLE, retention: { keepLast: 2, keepFailed: 7 } }).retention).toMatchObject({ keepLast: 2 });
  });

  it("tells how long a set may take", () => {
    expect(longestTaking(parsed(SINGLE))).toBe(15 * 60_000);
    expect(longestTaking(parsed({ ...quiesce, resumeWithin: "1h" }))).toBe(75 * 60_000);
  });
});
