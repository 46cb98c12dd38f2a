import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agentConfigSchema, DRILL_RESULT_VERSION, type DrillResult, storeLayout, Verdict } from "@pgkeep/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { manifest as emptyManifest } from "../../../core/src/manifest.fixture.js";
import { sealManifest } from "../manifest/seal.js";
import { openStore } from "../store/openStore.js";
import type { Store } from "../store/Store.js";
import { readStatus } from "./readStatus.js";

const HOUR = 3_600_000;
const now = new Date("2026-11-21T12:00:00Z");
const layout = storeLayout("shop");
let folder: string;
let store: Store;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "pgkeep-status-"));
  store = await openStore({ url: `file://${folder}`, forcePathStyle: false, checksums: "when_supported" }, {});
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const before = (hours: number) => new Date(now.getTime() - hours * HOUR);
const idAt = (at: Date) => `${at.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z-aaaaaaaa`;

async function commit(hoursAgo: number): Promise<string> {
  const at = before(hoursAgo);
  const { checksum: _, signature: __, ...draft } = emptyManifest;
  const times = { beganAt: at.toISOString(), committedAt: new Date(at.getTime() + 60_000).toISOString() };
  const manifest = sealManifest({
    ...draft,
    ...times,
    id: idAt(at),
    cluster: "shop",
    snapshot: { ...draft.snapshot, takenAt: at.toISOString() },
  });
  await store.putDocument(layout.manifest(manifest.id), JSON.stringify(manifest));
  return manifest.id;
}

async function drill(id: string, hoursAgo: number, verdict: Verdict, restoreMilliseconds = 1500): Promise<void> {
  const at = before(hoursAgo);
  const result: DrillResult = {
    formatVersion: DRILL_RESULT_VERSION,
    id,
    cluster: "shop",
    manifestChecksum: "0",
    application: null,
    verdict,
    startedAt: at.toISOString(),
    endedAt: at.toISOString(),
    agentVersion: "0.1.0",
    scratch: { serverVersion: "18.4", kind: "own", isolated: true },
    restoreMilliseconds,
    compareMilliseconds: 500,
    checks: [],
    respelled: [],
    neverProven: [],
    tables: [],
  };
  await store.putDocument(layout.drill(id, at, verdict), JSON.stringify(result));
}

function status(objectives: { rpo?: string; provenWithin?: string } = {}, more: { withLeftovers?: boolean } = {}) {
  const config = agentConfigSchema.parse({
    version: 1,
    cluster: "shop",
    databases: ["app"],
    store: { url: `file://${folder}` },
    objectives,
    schedule: { timeZone: "Europe/Berlin", drill: "0 4 * * SUN", backup: "0 2 * * *" },
  });
  return readStatus({ config, store, layout, now, ...more });
}

const kinds = async (objectives = {}) => (await status(objectives)).findings.map(({ kind }) => kind);

describe("nothing calls for anybody", () => {
  it("when there is a recovery point and no target", async () => {
    const id = await commit(50);
    expect(await status()).toMatchObject({
      ok: true,
      findings: [],
      objectives: { rpo: null, provenWithin: null },
      newest: { committed: { id, ageSeconds: 50 * 3600 }, good: { id }, proven: null },
      lastProofAt: null,
    });
  });

  it("when the targets are met, to the second", async () => {
    const id = await commit(26);
    await drill(id, 24, Verdict.Pass);
    const found = await status({ rpo: "26h", provenWithin: "24h" });
    expect(found).toMatchObject({
      ok: true,
      lastProofAt: before(24),
      newest: { proven: { id } },
      drills: [{ id, verdict: "PASS", restoreSeconds: 1.5 }],
    });
    expect(found.nextRuns).toEqual([
      { job: "backup", at: new Date("2026-11-22T01:00:00Z") },
      { job: "drill", at: new Date("2026-11-22T03:00:00Z") },
    ]);
  });
});

describe("somebody has to look", () => {
  it("when the last physical drill did not pass, and no longer when a later one did", async () => {
    await commit(50);
    expect(await status()).toMatchObject({ ok: true, lastPhysicalDrill: null });
    const physical = async (hoursAgo: number, verdict: Verdict) =>
      await store.putDocument(layout.physicalDrill(before(hoursAgo), verdict), "{}");
    await physical(9, Verdict.CouldNotVerify);
    expect(await kinds()).toEqual(["physical-drill-could-not-verify"]);
    await physical(8, Verdict.Fail);
    expect(await kinds()).toEqual(["physical-drill-failed"]);
    await physical(7, Verdict.Pass);
    expect(await status()).toMatchObject({ ok: true, lastPhysicalDrill: { at: before(7), verdict: Verdict.Pass } });
  });

  it("when there is nothing", async () => {
    expect(await kinds({ rpo: "26h", provenWithin: "35d" })).toEqual(["no-recovery-point"]);
    expect(await kinds()).toEqual(["no-recovery-point"]);
  });

  it("when a target is missed, and when nothing was proven yet", async () => {
    await commit(27);
    const found = await status({ rpo: "26h", provenWithin: "35d" });
    expect(found.ok).toBe(false);
    expect(found.findings).toEqual([
      { kind: "rpo-missed", text: "the newest good recovery point is 27 h old; at most 26 h is wanted" },
      { kind: "not-proven", text: "no drill of a good recovery point passed yet; at most 35 d is wanted" },
    ]);
  });

  it("when the newest is suspicious, which neither the RPO nor a proof counts", async () => {
    await commit(30);
    const id = await commit(1);
    await store.putDocument(layout.suspicion(id), "{}");
    await drill(id, 0.5, Verdict.Pass);
    const found = await status({ rpo: "26h", provenWithin: "35d" });
    expect(found.findings.map(({ kind }) => kind)).toEqual(["rpo-missed", "not-proven", "suspicious"]);
    expect(found.counts).toMatchObject({ all: 2, good: 1, suspicious: 1, proven: 0 });
    await store.putDocument(layout.acceptance(id), "{}");
    expect(await status({ rpo: "26h", provenWithin: "35d" })).toMatchObject({ ok: true, counts: { good: 2, accepted: 1, proven: 1 } });
  });

  it.each([
    [Verdict.Fail, "drill-failed"],
    [Verdict.CouldNotVerify, "drill-could-not-verify"],
  ])("when the last drill said %s, whatever passed before", async (verdict, kind) => {
    const id = await commit(3);
    await drill(id, 2, Verdict.Pass);
    await drill(id, 1, verdict, 0);
    const found = await status();
    expect(found.findings.map((finding) => finding.kind)).toEqual([kind]);
    expect(found.drills.map(({ restoreSeconds }) => restoreSeconds)).toEqual([1.5, null]);
  });

  it("when the newest manifest is damaged: it meets no target", async () => {
    const old = await commit(30);
    const id = await commit(1);
    writeFileSync(join(folder, layout.manifest(id)), "{ cut");
    const found = await status({ rpo: "26h" });
    expect(found.findings.map(({ kind }) => kind)).toEqual(["rpo-missed", "unreadable-manifest"]);
    expect(found.newest).toMatchObject({ committed: { id }, good: { id: old } });
    expect(found.unreadable).toEqual([{ id, reason: expect.stringContaining("is not JSON") }]);
  });

  it("when it was written by a newer pgkeep", async () => {
    const id = await commit(1);
    writeFileSync(join(folder, layout.manifest(id)), JSON.stringify({ formatVersion: 99 }));
    expect((await status()).unreadable).toEqual([{ id, reason: expect.stringContaining("newer pgkeep") }]);
  });

  it("when the newest lies in the future, which would meet every target for ever", async () => {
    await commit(-48);
    const found = await status({ rpo: "26h" });
    expect(found.findings.map(({ kind }) => kind)).toEqual(["rpo-missed", "in-the-future"]);
    expect(found.objectives.rpo).toMatchObject({ met: false });
  });
});

it("counts pins in force, and leaves out what is being removed", async () => {
  const [first, second, third] = [await commit(5), await commit(4), await commit(3)];
  await store.putDocument(layout.pin(first, before(5), null), "{}");
  await store.putDocument(layout.pin(second, before(5), before(1)), "{}");
  await store.putDocument(layout.removalBegan(third, before(0.1)), "{}");
  expect(await status()).toMatchObject({ counts: { all: 3, good: 2, pinned: 1, removing: 1 }, newest: { good: { id: second } } });
});

it("looks for leftovers only where it is asked to", async () => {
  await commit(1);
  await store.putDocument(`${layout.attempt(idAt(before(9)), "one")}begin.json`, "{}");
  expect((await status()).leftovers).toBeUndefined();
  const found = await status({}, { withLeftovers: true });
  expect(found.leftovers).toMatchObject([{ attempt: "one", objects: 1 }]);
  expect(found.requests.listings).toBe((await status()).requests.listings + 1);
});

it("tells the last record of each action, of this month and the one before", async () => {
  await commit(1);
  const record = (at: string, action: string, result: string) =>
    store.putDocument(layout.auditRecord(new Date(at), action, result, "a1b2c3d4"), "{}");
  await record("2026-09-30T23:00:00Z", "prune", "done");
  await record("2026-10-01T00:00:00Z", "drill", "could-not-verify");
  await record("2026-11-20T02:00:00Z", "backup", "done");
  await record("2026-11-21T02:00:00Z", "backup", "failed");
  expect((await status()).lastActions).toEqual([
    { action: "backup", at: new Date("2026-11-21T02:00:00Z"), result: "failed" },
    { action: "drill", at: new Date("2026-10-01T00:00:00Z"), result: "could-not-verify" },
  ]);
});
