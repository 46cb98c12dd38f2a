import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { closingLine, countOf, isGood, runTests } from "./runTests.mjs";

const report = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1, success: false };
const file = (status: string, tests: number) => ({ status, assertionResults: Array.from({ length: tests }, () => ({})) });

it("counts a test file that could not be loaded as failed, and a planned test as skipped", () => {
  const count = countOf({ ...report, testResults: [file("passed", 8), file("failed", 1), file("failed", 0)] });
  expect(count).toEqual({ passed: 5, failed: 2, skipped: 3 });
  expect(closingLine(count)).toBe("5 passed, 2 failed, 3 skipped");
});

it("fails in CI what was left out, and elsewhere what failed or did nothing", () => {
  const good = { passed: 5, failed: 0, skipped: 0 };
  const left = [{ name: "a Kubernetes node", reason: "it does not start" }];
  const elsewhere = { strict: false, missing: left };
  const inCi = { strict: true, missing: [] };
  expect(isGood({ count: good, exitCode: 0 }, inCi)).toBe(true);
  expect(isGood({ count: good, exitCode: 0 }, { ...inCi, missing: left })).toBe(false);
  expect(isGood({ count: { ...good, skipped: 1 }, exitCode: 0 }, inCi)).toBe(false);
  expect(isGood({ count: { ...good, skipped: 1 }, exitCode: 0 }, elsewhere)).toBe(true);
  expect(isGood({ count: { ...good, failed: 1 }, exitCode: 0 }, elsewhere)).toBe(false);
  expect(isGood({ count: good, exitCode: 1 }, elsewhere)).toBe(false);
  expect(isGood({ count: { ...good, passed: 0, skipped: 5 }, exitCode: 0 }, elsewhere)).toBe(false);
});

it("tells what tests found missing when they started it", async () => {
  const repository = mkdtempSync(join(tmpdir(), "pgkeep-repository-"));
  onTestFinished(() => rmSync(repository, { recursive: true }));
  mkdirSync(join(repository, "node_modules", "vitest"), { recursive: true });
  const note = JSON.stringify({ name: "a Kubernetes node", reason: "its kubelet does not start:\nno cgroups" });
  // In the place of vitest: what a global set-up of its would note.
  writeFileSync(
    join(repository, "node_modules", "vitest", "vitest.mjs"),
    `import { noteNotRun } from ${JSON.stringify(new URL("notRun.mjs", import.meta.url).href)}; noteNotRun(${note}); noteNotRun(${note});`,
  );
  const { notRun, exitCode } = await runTests(repository, process.execPath, [], { ...process.env });
  expect({ notRun, exitCode }).toEqual({ notRun: [JSON.parse(note), JSON.parse(note)], exitCode: 0 });
});
