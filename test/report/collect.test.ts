import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AgentConfig, ExitCode, storeLayout, Verdict } from "@pgkeep/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ReportSource } from "../../packages/agent/src/report/collectReport.js";
import { drillReport } from "../../packages/agent/src/report/drillReport.js";
import { monthReport } from "../../packages/agent/src/report/monthReport.js";
import { reportPage } from "../../packages/agent/src/report/page/reportPage.js";
import { rollbackTest } from "../../packages/agent/src/report/rollbackTest.js";
import { writeWhole } from "../../packages/agent/src/report/writeWhole.js";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import { testConfig } from "../support/backupRun.js";
import { problemOf } from "../support/problemOf.js";
import { fillSampleStore, SAMPLE_NOW } from "./sampleStore.js";

let folder: string;
let config: AgentConfig;
let source: ReportSource;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "pgkeep-report-"));
  const objectives = { rpo: "26h", provenWithin: "10d" };
  config = testConfig(["shop", "shop-jobs"], {
    cluster: "shop",
    store: { url: `file://${folder}` },
    objectives,
    retention: { keepDaily: 30 },
  });
  source = { config, store: await openStore(config.store, {}), layout: storeLayout("shop"), now: SAMPLE_NOW };
});
afterEach(async () => {
  await source.store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Every file below a folder of the store, in the order of names. */
function filesIn(name: string): string[] {
  return readdirSync(join(folder, "shop", name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function edit(path: string, change: (document: Record<string, unknown>) => void): void {
  const document = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  change(document);
  writeFileSync(path, JSON.stringify(document));
}

describe("a report of a drill", () => {
  it("is of the newest, or of the newest of one recovery point", async () => {
    fillSampleStore(folder, config);
    const report = await drillReport(source, "latest");
    expect(report).toMatchObject({ formatVersion: 1, kind: "drill", verdict: Verdict.Pass, manifest: { missingObjects: [] } });
    expect(report.drill?.id).toBe("20261121T020000Z-sample40");
    expect(report.recoveryPoints).toHaveLength(40);
    expect(report.drills.map(({ verdict }) => verdict)).toEqual(["PASS", "PASS", "COULD_NOT_VERIFY", "FAIL", "PASS", "PASS"]);
    expect(report.retention).toMatchObject({ counted: 40, stopped: null });
    expect(report.retention?.remove).toHaveLength(10);
    const failed = await drillReport(source, "20261107T020000Z-sample26");
    expect(failed).toMatchObject({ verdict: Verdict.Fail, drill: { id: "20261107T020000Z-sample26" } });
    expect(failed.drills).toHaveLength(4);
    expect(JSON.parse(JSON.stringify(failed))).toMatchObject({ formatVersion: 1 });
  });

  it("tells when S3 expires what, and makes no plan of the agent's, where S3 enforces retention", async () => {
    fillSampleStore(folder, config);
    const lifecycle = testConfig(["shop", "shop-jobs"], {
      cluster: "shop",
      store: { url: "s3://unused" },
      retention: { enforcedBy: "lifecycle", preset: "production" },
    });
    const report = await drillReport({ ...source, config: lifecycle }, "latest");
    expect(report.retention).toBeNull();
    expect(report.expiry?.map(({ expireAfterDays }) => expireAfterDays)).toEqual([30, 364, 364, 364]);
    const page = reportPage(report);
    expect(page).toContain("S3 enforces it, by the class of each object and days from its creation: daily 30 d, weekly 364 d.");
    expect(page).toContain("it expires the last one too");
    expect(page).not.toContain("No policy is configured");
  });

  it("fails where an object is missing or cut, or the manifest is another one than was drilled", async () => {
    fillSampleStore(folder, config, { days: 1 });
    const [object = ""] = filesIn("points").filter((path) => path.includes("shop.dump"));
    truncateSync(object, 7);
    const report = await drillReport(source, "latest");
    expect(report.verdict).toBe(Verdict.Fail);
    expect(report.manifest?.missingObjects).toEqual([expect.stringMatching(/shop\.dump\.zst` has 7 bytes instead of \d+/)]);
    edit(filesIn("drills")[0] ?? "", (drill) => {
      drill.manifestChecksum = "0".repeat(64);
    });
    const other = await drillReport(source, "latest");
    expect(other.checks.filter(({ verdict }) => verdict === Verdict.Fail).map(({ name }) => name)).toContain(
      "the manifest is the one that was drilled",
    );
  });

  it("refuses a result that says other than its name, and a recovery point without any", async () => {
    fillSampleStore(folder, config, { days: 2 });
    await expect(problemOf(drillReport(source, "20261120T020000Z-sample01"))).resolves.toMatchObject({
      exitCode: ExitCode.NoSuchRecoveryPoint,
    });
    edit(filesIn("drills")[0] ?? "", (drill) => {
      drill.verdict = Verdict.Fail;
    });
    await expect(problemOf(drillReport(source, "latest"))).resolves.toMatchObject({ exitCode: ExitCode.DataWrong });
  });
});

describe("a report of a month", () => {
  it("fails where a drill failed or an objective is missed, and verifies nothing where none was drilled", async () => {
    fillSampleStore(folder, config);
    const november = await monthReport(source, undefined);
    expect(november).toMatchObject({ verdict: Verdict.Fail, month: { name: "2026-11", complete: false } });
    expect(november.checks.filter(({ verdict }) => verdict !== Verdict.Pass).map(({ name }) => name)).toEqual(["drills of the month"]);
    const october = await monthReport(source, "2026-10");
    expect(october.month).toEqual({ name: "2026-10", from: "2026-10-01T00:00:00.000Z", to: "2026-10-31T23:59:59.999Z", complete: true });
    expect(october.checks.map(({ verdict }) => verdict)).toEqual(["PASS", "COULD_NOT_VERIFY", "PASS", "PASS", "PASS"]);
    expect(october).toMatchObject({
      verdict: Verdict.CouldNotVerify,
      newest: { id: "20261031T020000Z-sample19" },
      newestProven: { id: "20261024T020000Z-sample12" },
    });
    const late = await monthReport({ ...source, now: new Date("2026-11-24T00:00:00Z") }, "2026-11");
    expect(late.objectives).toMatchObject([
      { name: "rpo", met: false },
      { name: "provenWithin", met: true },
    ]);
  });

  it("of an empty store says what is missing", async () => {
    const report = await monthReport(source, "2026-11");
    expect(report).toMatchObject({ verdict: Verdict.Fail, manifest: null, restore: null, newest: null });
    expect(report.objectives.map(({ met }) => met)).toEqual([false, false]);
  });

  it.each(["2026-13", "november", "2026-12", "2026-1"])("refuses %s", async (month) => {
    await expect(problemOf(monthReport(source, month))).resolves.toMatchObject({ exitCode: ExitCode.Usage });
  });
});

describe("rollback-test-report.json", () => {
  it("passes what the newest backup and its drill really checked", async () => {
    fillSampleStore(folder, config);
    const summary = rollbackTest(await drillReport(source, "latest"));
    expect(summary.results.map(({ step, status }) => [step, status])).toEqual([
      ["PostgreSQL Status", "passed"],
      ["Backup Directory", "passed"],
      ["Create Backup", "passed"],
      ["Backup Integrity", "passed"],
      ["Restore Procedure", "passed"],
      ["Documentation", "passed"],
    ]);
    expect(summary).toMatchObject({ mode: "actual", summary: { passed: 6, failed: 0, warnings: 0, skipped: 0, total: 6 } });
    expect(summary.acceptanceCriteria).toEqual({ backupCreated: true, restoreTested: true, docsExist: true, allPassed: true });
  });

  it("never passes what was not checked", async () => {
    fillSampleStore(folder, config, { days: 2 });
    for (const path of filesIn("drills")) rmSync(path);
    const undrilled = rollbackTest(await monthReport({ ...source, now: new Date("2026-11-24T00:00:00Z") }, undefined));
    expect(undrilled.results.map(({ status }) => status)).toEqual(["skipped", "warning", "failed", "skipped", "skipped", "passed"]);
    expect(undrilled).toMatchObject({
      mode: "dry-run",
      acceptanceCriteria: { backupCreated: false, restoreTested: false, allPassed: false },
    });
    rmSync(join(folder, "shop"), { recursive: true });
    const empty = rollbackTest(await monthReport(source, undefined));
    expect(empty.results.map(({ status }) => status)).toEqual(["skipped", "warning", "failed", "skipped", "skipped", "skipped"]);
  });
});

it("a report is written whole, over an older one, and only its owner may read it", async () => {
  const path = join(folder, "report.html");
  writeFileSync(path, "older and longer", { mode: 0o644 });
  await writeWhole(path, "newer");
  expect(readFileSync(path, "utf8")).toBe("newer");
  expect((statSync(path).mode & 0o777).toString(8)).toBe("600");
  await expect(problemOf(writeWhole(join(folder, "none", "report.html"), "x"))).resolves.toMatchObject({ exitCode: ExitCode.Usage });
});
