import { ExitCode, ProblemError } from "@pgkeep/core";
import { describe, expect, test } from "vitest";
import { rdsProblem } from "./rdsProblem.js";

const told = (name: string, given: object = { $metadata: { httpStatusCode: 400 } }) =>
  rdsProblem(Object.assign(new Error("as AWS says it"), { name, ...given }), "RDS in eu-central-1", "rds:DescribeDBSnapshots");

describe("what AWS answers", () => {
  test.each([
    ["AccessDenied", ExitCode.Permission],
    ["AccessDeniedException", ExitCode.Permission],
    ["InvalidClientTokenId", ExitCode.Permission],
    ["ExpiredToken", ExitCode.Permission],
    ["CredentialsProviderError", ExitCode.Configuration],
    ["ThrottlingException", ExitCode.TryAgain],
    ["ServiceUnavailable", ExitCode.Unavailable],
    ["InvalidParameterValue", ExitCode.InputOutput],
  ])("%s leads to exit code %i", (name, exitCode) => expect(told(name)).toMatchObject({ exitCode }));

  test("names the right that is missing, and where a policy that has it comes from", () => {
    expect((told("AccessDenied") as ProblemError).problems).toEqual([
      {
        where: "RDS in eu-central-1",
        received: "AccessDenied: as AWS says it",
        reason: "these credentials may not do this",
        next: "allow rds:DescribeDBSnapshots; `prunerPolicy` of PreDeploySnapshot is a policy that does",
      },
    ]);
  });

  test("nothing at all is unavailable", () => {
    expect(told("Error", { code: "ECONNREFUSED" })).toMatchObject({ exitCode: ExitCode.Unavailable });
    expect(told("TimeoutError", {})).toMatchObject({ exitCode: ExitCode.Unavailable });
  });

  test("what is explained already, and a defect of ours, pass as they are", () => {
    const explained = new ProblemError(ExitCode.Configuration, { where: "AWS_REGION", reason: "it is not set" });
    expect(rdsProblem(explained, "", "")).toBe(explained);
    const defect = new TypeError("undefined is no function");
    expect(rdsProblem(defect, "", "")).toBe(defect);
  });
});
