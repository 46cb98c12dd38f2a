import { AggregateAuthenticationError, AuthenticationError, CredentialUnavailableError } from "@azure/identity";
import { RestError } from "@azure/storage-blob";
import { ExitCode, ProblemError } from "@pgkeep/core";
import { expect, it } from "vitest";
import { azureProblem } from "./azureProblem.js";

const none = new CredentialUnavailableError("EnvironmentCredential is unavailable");

it.each([
  ["no identity", none, ExitCode.Configuration, /no credentials were found/],
  [
    "none of several identities",
    new AggregateAuthenticationError([none], "It failed."),
    ExitCode.Configuration,
    /no credentials were found/,
  ],
  [
    "a refused identity",
    new AuthenticationError(401, { error: "invalid_client", error_description: "AADSTS7000215" }),
    ExitCode.Permission,
    /does not accept this identity/,
  ],
])("%s is no defect of ours", (_, error, exitCode, message) => {
  const problem = azureProblem(error, "azblob://backups");
  expect(problem).toBeInstanceOf(ProblemError);
  expect(problem).toMatchObject({ exitCode, message: expect.stringMatching(message) });
});

it("a signature in an address is not repeated", () => {
  const error = new RestError("getaddrinfo failed for https://a.blob.core.windows.net/b?sv=1&sig=hidden", { code: "ENOTFOUND" });
  const problem = azureProblem(error, "azblob://backups");
  expect(JSON.stringify([problem, (problem as ProblemError).problems])).not.toContain("hidden");
  expect(problem).toMatchObject({ exitCode: ExitCode.Unavailable });
  expect(problem.cause).toBeUndefined();
});
