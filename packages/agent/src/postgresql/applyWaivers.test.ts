import { describeProblem } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { applyWaivers } from "./applyWaivers.js";
import type { Finding, Omission } from "./Finding.js";

const finding = (name: string, omission: Omission, oids: number[] = []): Finding => ({
  name,
  omission,
  oids,
  reason: "pg_dump stops there",
  remedy: "GRANT x;",
  loss: "its rows",
});
const schema = finding("schema:s", { kind: "schema", patterns: ['"s"'] }, [1, 2]);
const table = finding("table:public.t", { kind: "table", patterns: ['"public"."t"', '"public"."t1"'] }, [3, 4]);
const secured = finding("row-level-security:public.t1", { kind: "data", patterns: ['"public"."t1"'] }, [4]);
const large = finding("large-objects", { kind: "large-objects" });
const subscriptions = ["subscription:a", "subscription:b"].map((name) => finding(name, { kind: "subscriptions" }));
const mapping = finding("user-mapping-options:s/u", { kind: "none" });
const all = [schema, table, secured, large, ...subscriptions, mapping];

describe("waivers", () => {
  it("refuse everything that is not named, saying how to mend it and how to waive it", () => {
    const { refused, waived, pgDumpArguments, excludedTables } = applyWaivers(all, [], 18);
    expect(refused.map(({ where }) => where)).toEqual(all.map(({ name }) => name));
    expect({ waived, pgDumpArguments, size: excludedTables.size }).toEqual({ waived: [], pgDumpArguments: [], size: 0 });
    const text = refused[1] ? describeProblem(refused[1]) : "";
    expect(text).toContain("GRANT x;");
    expect(text).toContain('add "table:public.t" to dump.waive; every backup then lacks its rows');
  });

  it("become arguments, each once", () => {
    const { refused, pgDumpArguments, excludedTables, waived } = applyWaivers(
      all,
      [...all.map(({ name }) => name), "subscription:zzz"],
      16,
    );
    expect(refused).toEqual([]);
    expect(waived).toEqual(all.map(({ name }) => name));
    expect(pgDumpArguments).toEqual([
      '--exclude-schema="s"',
      '--exclude-table="public"."t"',
      '--exclude-table="public"."t1"',
      '--exclude-table-data="public"."t1"',
      "--no-large-objects",
      "--no-subscriptions",
    ]);
    expect([...excludedTables].sort()).toEqual([1, 2, 3, 4]);
  });

  it("speak the words of an older client", () => expect(applyWaivers(all, ["large-objects"], 15).pgDumpArguments).toEqual(["--no-blobs"]));

  it("cover what lies inside something waived whole, but nothing beside it", () => {
    expect(applyWaivers([table, secured], ["table:public.t"], 18).refused).toEqual([]);
    expect(applyWaivers([table, secured], ["row-level-security:public.t1"], 18).refused).toHaveLength(1);
    expect(applyWaivers(subscriptions, ["subscription:a"], 18).refused.map(({ where }) => where)).toEqual(["subscription:b"]);
    expect(applyWaivers([large, mapping], ["schema:s"], 18).refused).toHaveLength(2);
  });

  it("match names whole and exactly", () =>
    expect(applyWaivers([table], ["table:public.T", "table:public", "*"], 18).refused).toHaveLength(1));
});
