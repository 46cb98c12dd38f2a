import { ExitCode, ProblemError } from "@pgkeep/core";
import type { Environment } from "../../configuration/Environment.js";
import type { Authorize } from "./GcsClient.js";

const SCOPE = "https://www.googleapis.com/auth/devstorage.read_write";

/**
 * Who asks: the key, or the description of a federated identity, in the file that GOOGLE_APPLICATION_CREDENTIALS names, else what Google calls Application Default
 * Credentials: the user's own after `gcloud auth application-default login`, the service account of the machine or the Pod. Without TLS, as
 * with an emulator, none are sent: a token in the clear is anybody's.
 */
export function gcsAuthorization(environment: Environment, endpoint: string): Authorize {
  if (endpoint.startsWith("http://")) return () => Promise.resolve({});
  let asking: Promise<Authorize> | undefined;
  return async () => {
    asking ??= load(environment);
    return await (await asking)();
  };
}

async function load(environment: Environment): Promise<Authorize> {
  // Loaded only where it is needed: it takes a tenth of a second and 12 MB.
  const { GoogleAuth } = await import("google-auth-library");
  const keyFilename = environment.GOOGLE_APPLICATION_CREDENTIALS;
  const auth = new GoogleAuth({ scopes: [SCOPE], ...(keyFilename ? { keyFilename } : {}) });
  return async () => {
    try {
      const headers = Object.fromEntries(await auth.getRequestHeaders());
      // A file that is not JSON leaves the library without a word and without a token.
      if (headers.authorization === undefined) throw new SyntaxError("no token came of it");
      return headers;
    } catch (error) {
      throw keyFilename ? keyProblem(keyFilename, error) : ambientProblem(error);
    }
  };
}

function keyProblem(path: string, error: unknown): ProblemError {
  const isAnswer = (error as { response?: unknown }).response !== undefined;
  return new ProblemError(
    isAnswer ? ExitCode.Permission : ExitCode.Configuration,
    {
      where: "GOOGLE_APPLICATION_CREDENTIALS",
      received: path,
      reason: isAnswer
        ? `Google does not accept what is in this file (${(error as Error).message})`
        : `no credentials could be had from this file (${withoutContents(error)})`,
      next: "correct the path or the file's permissions, or have a new key made",
    },
    { cause: error },
  );
}

/** A parser may cite what it read. */
function withoutContents(error: unknown): string {
  return error instanceof SyntaxError ? "it is not JSON" : (error as Error).message;
}

function ambientProblem(error: unknown): ProblemError {
  return new ProblemError(
    ExitCode.Configuration,
    {
      where: "credentials of Google Cloud Storage",
      received: (error as Error).message,
      reason: "no credentials were found",
      next: "name the file of a key in GOOGLE_APPLICATION_CREDENTIALS, or run where a service account is attached",
    },
    { cause: error },
  );
}
