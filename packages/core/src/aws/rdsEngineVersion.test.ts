import { describe, expect, it, test } from "vitest";
import { parseRdsEngineVersion, rdsEngineVersionProblem, rdsInstanceClassProblem, rdsParameterFamily } from "./rdsEngineVersion.js";

const form = "this is no version of PostgreSQL: write the major, or major and minor";

describe("a version", () => {
  test.each([
    ["13", "PostgreSQL 13 is none of the majors that are supported, 14 to 18"],
    ["14", undefined],
    ["14.0", undefined],
    ["16.4", undefined],
    ["18", undefined],
    ["18.1", undefined],
    ["19", "PostgreSQL 19 is none of the majors that are supported, 14 to 18"],
    ["9.6", "PostgreSQL 9 is none of the majors that are supported, 14 to 18"],
    ["9.6.24", form],
    ["16.x", form],
    ["16.04", form],
    ["v16", form],
    ["", form],
  ])("%s: %s", (text, problem) => {
    expect(rdsEngineVersionProblem(text)).toBe(problem);
    if (problem !== undefined) expect(() => parseRdsEngineVersion(text)).toThrow(problem);
  });

  it("is a major, or one minor of it", () => {
    expect(parseRdsEngineVersion("16")).toEqual({ major: 16 });
    expect(parseRdsEngineVersion("16.0")).toEqual({ major: 16, minor: 0 });
    expect(rdsParameterFamily({ major: 16, minor: 4 })).toBe("postgres16");
  });
});

describe("an instance class", () => {
  test.each([
    ["db.t4g.medium", undefined],
    ["db.m6gd.2xlarge", undefined],
    ["db.r5.6xlarge.tpc2.mem4x", undefined],
    ["t4g.medium", "this is no instance class"],
    ["db.t4g", "this is no instance class"],
    ["DB.t4g.medium", "this is no instance class"],
  ])("%s: %s", (text, problem) => expect(rdsInstanceClassProblem(text)).toBe(problem));
});
