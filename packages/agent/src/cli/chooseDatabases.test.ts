import { ExitCode, ProblemError } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { chooseDatabases } from "./chooseDatabases.js";

const both = ["shop", "shop-jobs"];

describe("which databases are restored, and under which names", () => {
  it("all under their own names when nothing is said", () => {
    expect(chooseDatabases(both, undefined, undefined)).toBeUndefined();
  });

  it("the named ones, in the order in which they were named", () => {
    expect(chooseDatabases(both, ["shop-jobs", "shop"], undefined)).toEqual([{ name: "shop-jobs" }, { name: "shop" }]);
  });

  it("one under another name, with and without its old name", () => {
    expect(chooseDatabases(both, ["shop"], ["copy"])).toEqual([{ name: "shop", as: "copy" }]);
    expect(chooseDatabases(both, ["shop"], ["shop=copy"])).toEqual([{ name: "shop", as: "copy" }]);
    expect(chooseDatabases(["shop"], undefined, ["copy"])).toEqual([{ name: "shop", as: "copy" }]);
  });

  it("several under other names", () => {
    expect(chooseDatabases(both, undefined, ["shop-jobs=b", "shop=a"])).toEqual([
      { name: "shop", as: "a" },
      { name: "shop-jobs", as: "b" },
    ]);
    expect(chooseDatabases(both, undefined, ["shop=a"])).toEqual([{ name: "shop", as: "a" }, { name: "shop-jobs" }]);
  });

  it("names that hold an equals sign themselves", () => {
    expect(chooseDatabases(["a", "a=b"], undefined, ["a=b=c", "a=d"])).toEqual([
      { name: "a", as: "d" },
      { name: "a=b", as: "c" },
    ]);
    expect(chooseDatabases(["a=b"], undefined, ["x=y"])).toEqual([{ name: "a=b", as: "x=y" }]);
  });

  it("leaves a database that is not there to the plan", () => {
    expect(chooseDatabases(both, ["shp"], ["copy"])).toEqual([{ name: "shp", as: "copy" }]);
  });

  it("refuses a new name of which nobody can tell whose it is, and two for one database", () => {
    const refusal = () => chooseDatabases(both, undefined, ["copy", "shop=a", "shop=b"]);
    expect(refusal).toThrow(ProblemError);
    try {
      refusal();
    } catch (error) {
      const { exitCode, problems } = error as ProblemError;
      expect(exitCode).toBe(ExitCode.Usage);
      expect(problems).toMatchObject([
        { where: "--as", received: "copy", allowed: "shop=NEW or shop-jobs=NEW" },
        { where: "--as", received: "shop=b", reason: "database shop gets the name a already" },
      ]);
    }
  });
});
