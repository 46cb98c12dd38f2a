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
  for (const path of [layout.manifests, layout.points, layout.drills, layout.drillsOf(id)]) expect(path).toMatch(/^syntho\/.*\/$/);
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
