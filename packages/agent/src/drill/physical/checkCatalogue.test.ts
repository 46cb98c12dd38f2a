import { expect, it } from "vitest";
import { type CatalogueReference, referenceQuery } from "./checkCatalogue.js";

const reference: CatalogueReference = {
  fromTable: "pg_class",
  fromColumns: ["relowner"],
  toTable: "pg_authid",
  toColumns: ["oid"],
  isArray: false,
  isOptional: false,
};

it("asks the roles that everybody sees where the others are hidden", () => {
  expect(referenceQuery(reference, new Set(["pg_class", "pg_roles", "pg_authid"]))).toMatchObject({
    sql: expect.stringContaining("pg_authid t"),
  });
  expect(referenceQuery(reference, new Set(["pg_class", "pg_roles"]))).toMatchObject({ sql: expect.stringContaining("pg_roles t") });
});

it("names the catalogue that it may not read instead of passing over it", () => {
  expect(referenceQuery(reference, new Set(["pg_authid"]))).toEqual({ unread: "pg_class" });
  expect(referenceQuery({ ...reference, toTable: "pg_subscription" }, new Set(["pg_class"]))).toEqual({ unread: "pg_subscription" });
});
