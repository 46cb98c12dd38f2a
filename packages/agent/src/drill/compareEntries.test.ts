import { describe, expect, it } from "vitest";
import type { ArchiveEntry } from "../archive/ArchiveEntry.js";
import { compareEntries } from "./compareEntries.js";

const entry = (changes: Partial<ArchiveEntry> = {}): ArchiveEntry => ({
  dumpId: 1,
  hadData: false,
  tableOid: "1259",
  oid: "16384",
  tag: "orders",
  description: "TABLE",
  section: 2,
  definition: "CREATE TABLE public.orders (id integer);",
  dropStatement: "DROP TABLE public.orders;",
  copyStatement: "",
  namespace: "public",
  tablespace: "",
  accessMethod: "heap",
  relationKind: "r",
  owner: "app",
  dependencies: [],
  ...changes,
});

describe("entries of two archives", () => {
  it("are equal whatever their ids, dependencies and order", () => {
    const other = entry({ tag: "lines", dumpId: 7 });
    expect(compareEntries([entry(), other], [{ ...other, dumpId: 1, oid: "99" }, entry({ dependencies: [3] })])).toEqual([]);
  });

  it.each([
    ["owner", { owner: "postgres" }],
    ["definition", { definition: "CREATE TABLE public.orders (id bigint);" }],
    ["tablespace", { tablespace: "fast" }],
    ["access method", { accessMethod: "columnar" }],
  ])("differ by %s, which names the object", (_, change) => {
    const [difference] = compareEntries([entry()], [entry(change)]);
    expect(difference).toMatchObject({ object: "TABLE public.orders", before: [entry()], after: [entry(change)] });
  });

  it("count: one of two equal entries missing is a difference", () => {
    expect(compareEntries([entry(), entry()], [entry()])).toMatchObject([{ object: "TABLE public.orders", after: [] }]);
    expect(compareEntries([entry()], [entry(), entry()])).toMatchObject([{ object: "TABLE public.orders", before: [] }]);
  });

  it("leave rows, values and the database's own properties to other checks", () => {
    const elsewhere = [
      entry({ description: "TABLE DATA" }),
      entry({ description: "SEQUENCE SET" }),
      entry({ description: "DATABASE PROPERTIES" }),
      entry({ description: "ACL", tag: "DATABASE shop", namespace: "" }),
    ];
    expect(compareEntries([entry(), ...elsewhere], [entry()])).toEqual([]);
  });

  it("compare large objects one by one, however pg_dump groups them", () => {
    const group = [
      entry({ description: "BLOB METADATA", tag: "101..103", namespace: "", definition: "101\n102\n103\n" }),
      entry({ description: "ACL", tag: "LARGE OBJECTS 101..103", namespace: "", definition: "GRANT SELECT ON LARGE OBJECT 101 TO r;\n" }),
    ];
    const each = [101, 102, 103].flatMap((oid) => [
      entry({ description: "BLOB", tag: `${oid}`, namespace: "", definition: `SELECT pg_catalog.lo_create('${oid}');` }),
      entry({ description: "ACL", tag: `LARGE OBJECT ${oid}`, namespace: "", definition: `GRANT SELECT ON LARGE OBJECT ${oid} TO r;` }),
    ]);
    expect(compareEntries(group, each)).toEqual([]);
    expect(compareEntries(group, each.slice(1)).map(({ object }) => object)).toEqual(["BLOB 101"]);
  });
});
