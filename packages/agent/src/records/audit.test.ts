import { ExitCode, ProblemError, storeLayout } from "@pgkeep/core";
import { beforeEach, expect, it } from "vitest";
import { temporaryFolder } from "../configuration/temporaryFolder.fixture.js";
import { silentReporter } from "../reporter.js";
import { openStore } from "../store/openStore.js";
import type { Store } from "../store/Store.js";
import { type AuditEntry, readAudit, writeAudit } from "./audit.js";
import { audited } from "./audited.js";

const layout = storeLayout("shop");
const id = "20261121T020000Z-aaaaaaaa";
const entry = (changes: Partial<AuditEntry> = {}): AuditEntry => ({
  at: new Date("2026-11-21T02:00:00.123Z"),
  action: "pin",
  id,
  result: "done",
  who: "ann@office",
  agentVersion: "0.1.0",
  details: ["for ever"],
  ...changes,
});
let warnings: string[];
const reporter = { ...silentReporter, warning: (text: string) => warnings.push(text) };
let store: Store;

beforeEach(async () => {
  warnings = [];
  store = await openStore({ url: `file://${await temporaryFolder()}`, forcePathStyle: false, checksums: "when_supported" }, {});
});

it("gives back what was written, oldest first, two of one millisecond too", async () => {
  const later = entry({ at: new Date("2026-11-22T02:00:00.000Z"), action: "drill", result: "could-not-verify", id: null });
  await writeAudit(store, layout, later, reporter);
  for (const details of [["one"], ["two"]]) await writeAudit(store, layout, entry({ details }), reporter);
  const { entries, unread } = await readAudit(store, layout);
  expect(entries.map(({ action }) => action)).toEqual(["pin", "pin", "drill"]);
  expect(entries.map(({ details }) => details).toSorted()).toEqual([["for ever"], ["one"], ["two"]]);
  expect(entries.at(-1)).toEqual(later);
  expect(unread).toEqual([]);
  expect((await readAudit(store, layout, { since: later.at })).entries).toEqual([later]);
  expect(warnings).toEqual([]);
});

it("tells of a record that it cannot read, and passes over files of others", async () => {
  await writeAudit(store, layout, entry(), reporter);
  await store.putDocument(`${layout.audit}20261121T030000.000Z-merge-done-abcdefgh.json`, JSON.stringify({ action: "merge" }));
  await store.putDocument(`${layout.audit}notes.json`, "mine");
  const { entries, unread } = await readAudit(store, layout);
  expect(entries).toEqual([entry()]);
  expect(unread).toEqual([
    {
      key: `${layout.audit}20261121T030000.000Z-merge-done-abcdefgh.json`,
      at: new Date("2026-11-21T03:00:00.000Z"),
      problem: expect.stringContaining("not a record of this pgkeep"),
    },
  ]);
});

it("tells of work that ended in order and of work that failed, and changes neither", async () => {
  const trail = { store, layout, reporter, by: "ann@office" };
  const done = await audited(
    trail,
    "drill",
    id,
    () => Promise.resolve(42),
    (result) => ({ result: "pass", details: [`${result}`] }),
  );
  expect(done).toBe(42);
  const problem = new ProblemError(ExitCode.NoSpace, { where: "shop", reason: "no room" });
  for (const error of [problem, new Error("a bug")]) {
    await expect(
      audited(
        trail,
        "backup",
        null,
        () => Promise.reject(error),
        () => ({ details: [] }),
      ),
    ).rejects.toBe(error);
  }
  const { entries } = await readAudit(store, layout);
  expect(entries.map(({ action, result, details, who }) => [action, result, details, who]).toSorted()).toEqual([
    ["backup", "failed", ["a defect of pgkeep: a bug"], "ann@office"],
    ["backup", "failed", [`exit code ${ExitCode.NoSpace}`, "shop: no room"], "ann@office"],
    ["drill", "pass", ["42"], "ann@office"],
  ]);
});

it("is a warning where it cannot be written, whatever the work came to", async () => {
  const broken = { ...trailStore(store), putDocument: () => Promise.reject(new Error("read-only")) };
  const trail = { store: broken, layout, reporter, by: "ann@office" };
  expect(
    await audited(
      trail,
      "restore",
      id,
      () => Promise.resolve("restored"),
      () => ({ details: [] }),
    ),
  ).toBe("restored");
  const failed = audited(
    trail,
    "restore",
    id,
    () => Promise.reject(new Error("lost")),
    () => ({ details: [] }),
  );
  await expect(failed).rejects.toThrow("lost");
  expect(warnings).toEqual(Array(2).fill("this restore left no record in the audit trail: read-only"));
});

function trailStore(real: Store): Store {
  return Object.assign(Object.create(real) as Store, { description: real.description });
}
