import fc from "fast-check";
import { expect, test } from "vitest";
import { databaseObjectName, storeLayout } from "./storeLayout.js";
import { Verdict } from "./verdict.js";

test("everything of a cluster lies below its name", () => {
  const layout = storeLayout("syntho");
  const id = "20261121T020000Z-4f9k2m1x";
  expect(layout.manifest(id)).toBe(`syntho/manifests/${id}.json`);
  expect(layout.attempt(id, "abcdefgh")).toBe(`syntho/points/${id}/abcdefgh/`);
  expect(layout.drill(id, new Date("2026-11-21T03:04:05.678Z"), Verdict.Pass)).toBe(`syntho/drills/${id}/20261121T030405.678Z-PASS.json`);
  expect(layout.physicalDrill(new Date("2026-11-21T03:04:05.678Z"), Verdict.Fail)).toBe(
    "syntho/drills/physical/20261121T030405.678Z-FAIL.json",
  );
  const { manifests, points, drills, physicalDrills, suspicions, acceptances, pins, tombstones, inUse, audit, schedule } = layout;
  const prefixes = [
    manifests,
    points,
    drills,
    physicalDrills,
    layout.drillsOf(id),
    suspicions,
    acceptances,
    pins,
    tombstones,
    inUse,
    audit,
    schedule,
  ];
  for (const path of prefixes) expect(path).toMatch(/^syntho\/.*\/$/);
  expect(new Set(prefixes).size).toBe(prefixes.length);
});

test("records are told by their names, below the prefix of their kind", () => {
  const layout = storeLayout("syntho");
  const id = "20261121T020000Z-4f9k2m1x";
  const [at, until] = [new Date("2026-11-21T03:04:05.678Z"), new Date("2026-12-21T03:04:05.678Z")];
  expect(layout.suspicion(id)).toBe(`syntho/suspicious/${id}.json`);
  expect(layout.acceptance(id)).toBe(`syntho/accepted/${id}.json`);
  expect(layout.pin(id, at, until)).toBe(`syntho/pins/${id}/20261121T030405.678Z-until-20261221T030405.678Z.json`);
  expect(layout.pin(id, at, null)).toBe(`syntho/pins/${id}/20261121T030405.678Z-forever.json`);
  expect(layout.unpin(id, at)).toBe(`syntho/pins/${id}/20261121T030405.678Z-unpinned.json`);
  expect(layout.removalBegan(id, at)).toBe(`syntho/tombstones/${id}/20261121T030405.678Z-began.json`);
  expect(layout.removalGivenUp(id, at)).toBe(`syntho/tombstones/${id}/20261121T030405.678Z-given-up.json`);
  expect(layout.removalRefused(id, at, until)).toBe(`syntho/tombstones/${id}/20261121T030405.678Z-refused-until-20261221T030405.678Z.json`);
  expect(layout.removalRefused(id, at, null)).toBe(`syntho/tombstones/${id}/20261121T030405.678Z-refused.json`);
  expect(layout.inUseUntil(id, "abcdefgh", until)).toBe(`syntho/in-use/${id}/abcdefgh-until-20261221T030405.678Z.json`);
  expect(layout.inUseEnded(id, "abcdefgh")).toBe(`syntho/in-use/${id}/abcdefgh-ended.json`);
  expect(layout.restoreStep("incident-1", "begun")).toBe("syntho/audit/restores/incident-1/begun.json");
  expect(layout.auditRecord(at, "pin", "done", "abcdefgh")).toBe("syntho/audit/20261121T030405.678Z-pin-done-abcdefgh.json");
});

test("a database's object is one plain path segment that no other database has", () => {
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((text) => text.isWellFormed());
  fc.assert(
    fc.property(name, name, fc.boolean(), (a, b, encrypted) => {
      expect(databaseObjectName(a, encrypted)).toMatch(/^[\w%-]+\.dump\.zst(\.age)?$/);
      expect(databaseObjectName(a, encrypted) === databaseObjectName(b, encrypted)).toBe(a === b);
    }),
  );
  expect(databaseObjectName("../x", false)).toBe("%2E%2E%2Fx.dump.zst");
});
