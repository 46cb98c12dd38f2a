import { ExitCode } from "@pgkeep/core";
import { describe, expect, test } from "vitest";
import { kubernetesProblem, refusalProblem } from "./kubernetesProblem.js";

const refused = (status: number, message: string) =>
  refusalProblem(
    { status, text: JSON.stringify({ kind: "Status", message }) },
    "create",
    "volumesnapshots.snapshot.storage.k8s.io",
    "shop",
  );

describe("what the API server answers", () => {
  test.each([
    [401, "Unauthorized", ExitCode.Permission],
    [403, 'User "x" cannot create resource', ExitCode.Permission],
    [403, "exceeded quota: snapshots, requested: count/volumesnapshots=1", ExitCode.NoSpace],
    [404, "the server could not find the requested resource", ExitCode.Configuration],
    [422, "Invalid value", ExitCode.InputOutput],
    [429, "storage is (re)initializing", ExitCode.Unavailable],
    [500, "etcdserver: request timed out", ExitCode.Unavailable],
  ])("%i, %s, leads to exit code %i", (status, message, exitCode) => expect(refused(status, message)).toMatchObject({ exitCode }));

  test("names the verb and the resource that are missing", () => {
    expect(refused(403, "no").problems[0]).toEqual({
      where: "create volumesnapshots.snapshot.storage.k8s.io in shop",
      received: "HTTP 403: no",
      reason: "this account may not do this",
      next: expect.stringContaining("the verb create on volumesnapshots.snapshot.storage.k8s.io"),
    });
  });

  test("is told where something before it answers in words of its own", () => {
    expect(refusalProblem({ status: 503, text: "<html>maintenance" }, "list", "pods").problems[0]?.received).toBe(
      "HTTP 503: <html>maintenance",
    );
  });

  test("nothing at all is unavailable, and a defect passes as it is", () => {
    const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    expect(kubernetesProblem(new TypeError("fetch failed", { cause }), "https://cluster")).toMatchObject({
      exitCode: ExitCode.Unavailable,
    });
    expect(kubernetesProblem(new DOMException("over", "TimeoutError"), undefined)).toMatchObject({ exitCode: ExitCode.Unavailable });
    const defect = new TypeError("undefined is no function");
    expect(kubernetesProblem(defect, "https://cluster")).toBe(defect);
  });
});
