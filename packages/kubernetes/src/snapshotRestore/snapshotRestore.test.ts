import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { RestoredVolumeMode, type SnapshotRestoreArgs } from "./SnapshotRestoreArgs.js";
import { snapshotRestoreProblems } from "./snapshotRestoreProblems.js";

const SET = "volumes-20261130t030000z-0a1b2c3d";
const data = { claimName: "restored", snapshot: { name: `${SET}-data` }, size: "50Gi" };
const of = (...claims: object[]) => ({ namespace: "shop", claims }) as SnapshotRestoreArgs;

describe("the arguments of a restore of volumes", () => {
  it.each<[string, SnapshotRestoreArgs]>([
    ["of one", of(data)],
    ["of a set", of(data, { ...data, claimName: "restored-wal", snapshot: { name: `${SET}-wal` } })],
    ["of snapshots that others made", of({ ...data, snapshot: { name: "nightly-2026-11-30" } })],
    ["of the members of a group", of(data, { ...data, claimName: "b", snapshot: { name: "snapshot-9f3c" } })],
    ["as large as the snapshot needs", of({ ...data, snapshot: { ...data.snapshot, restoreSize: "53687091200" } })],
    ["of a device", of({ ...data, snapshot: { ...data.snapshot, volumeMode: "Block" }, volumeMode: "Block" })],
    ["of a snapshot that is not known yet", of({ ...data, snapshot: { name: pulumi.output("x") }, size: pulumi.output("1Gi") })],
  ])("are good %s", (_case, args) => {
    expect(snapshotRestoreProblems(args)).toEqual([]);
  });

  it.each<[string, SnapshotRestoreArgs, string, RegExp]>([
    ["nothing", of(), "claims", /this list is empty/],
    ["the claim that was cut, by the snapshot's name", of({ ...data, claimName: "data" }), "claims[0].claimName", /in place/],
    [
      "the claim that was cut, as a second try's name tells",
      of({ ...data, claimName: "data", snapshot: { name: `${SET}-2-data` } }),
      "claims[0].claimName",
      /in place/,
    ],
    [
      "the claim that was cut, as is said",
      of({ ...data, snapshot: { name: "nightly", claimName: "restored" } }),
      "claims[0].claimName",
      /in place/,
    ],
    ["a claim twice", of(data, data), "claims[1].claimName", /has this name/],
    [
      "members of two sets",
      of(data, { ...data, claimName: "b", snapshot: { name: "volumes-20261129t030000z-0a1b2c3e-wal" } }),
      "claims[1].snapshot.name",
      /different instants/,
    ],
    ["a volume too small", of({ ...data, snapshot: { ...data.snapshot, restoreSize: "51Gi" } }), "claims[0].size", /does not fit/],
    ["a size that is none", of({ ...data, size: "50 GB" }), "claims[0].size", /no size/],
    ["another mode", of({ ...data, volumeMode: RestoredVolumeMode.Block }), "claims[0].volumeMode", /let nobody change that/],
    ["a name that is none", of({ ...data, claimName: "Data" }), "claims[0].claimName", /no name of an object/],
  ])("with %s are refused", (_case, args, where, reason) => {
    const problems = snapshotRestoreProblems(args);
    expect(problems.map((problem) => problem.where)).toEqual([where]);
    expect(problems[0]?.reason).toMatch(reason);
  });
});
