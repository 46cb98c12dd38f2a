import { ExitCode, ProblemError } from "@pgkeep/core";

/** What an answer of the API server that is no success means, in words for the user and with the exit code it leads to. */
export function refusalProblem(
  { status, text }: { status: number; text: string },
  verb: string,
  resource: string,
  namespace?: string,
): ProblemError {
  const where = `${verb} ${resource}${namespace === undefined ? "" : ` in ${namespace}`}`;
  const received = `HTTP ${status}: ${messageOf(text)}`;
  if (status === 401) {
    const next = "check the token: that of a Pod belongs to its ServiceAccount and is renewed; that of a kubeconfig may have expired";
    return new ProblemError(ExitCode.Permission, { where, received, reason: "the API server does not know who asks", next });
  }
  if (status === 403 && text.includes("exceeded quota")) {
    const reason = "the namespace's ResourceQuota allows no more";
    const next = "raise it, keep fewer, or remove failed sets with `pgkeep snapshot prune`";
    return new ProblemError(ExitCode.NoSpace, { where, received, reason, next });
  }
  if (status === 403) {
    const next = `give the ServiceAccount a Role with the verb ${verb} on ${resource.split(" ")[0]}; SnapshotSchedule declares exactly what is needed`;
    return new ProblemError(ExitCode.Permission, { where, received, reason: "this account may not do this", next });
  }
  if (status === 404) {
    const reason = "the cluster does not know this kind of object, or has no such namespace";
    const next =
      "correct the namespace, or install the custom resources and the controller of external-snapshotter, which are no part of Kubernetes";
    return new ProblemError(ExitCode.Configuration, { where, received, reason, next });
  }
  if (status === 429 || status >= 500) {
    const reason = "the API server does not answer as it should, and several tries did not help";
    return new ProblemError(ExitCode.Unavailable, { where, received, reason, next: "run it again" });
  }
  const reason = "the API server refuses this";
  return new ProblemError(ExitCode.InputOutput, { where, received, reason, next: "what was received may say why" });
}

function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === "string") return message;
  } catch {
    // Something before the API server answered, in its own words.
  }
  return text.slice(0, 200);
}

/** What went wrong on the way to the API server. Passes on what is explained already, and defects. */
export function kubernetesProblem(error: unknown, server: string | undefined): Error {
  if (error instanceof ProblemError) return error;
  const { code, message } = causeOf(error);
  const lost = code !== undefined || message !== undefined || (error as Error).name === "TimeoutError";
  if (!lost) return error as Error;
  return new ProblemError(
    ExitCode.Unavailable,
    {
      where: `Kubernetes at ${server ?? "an unknown address"}`,
      received: [code, message].filter((text) => text !== undefined && text !== "").join(": "),
      reason: "the API server cannot be reached, and several tries did not help",
      next: "check the network and its policies, and KUBECONFIG outside of a cluster; then run it again",
    },
    { cause: error },
  );
}

/** fetch says only that it failed; why stands behind it. */
function causeOf(error: unknown): { code?: string; message?: string } {
  let found: { code?: string; message?: string } = {};
  for (let at = error as (Error & { code?: unknown }) | undefined; at instanceof Error; at = at.cause as Error | undefined) {
    if (typeof at.code === "string") found = { code: at.code, message: at.message };
    else if (at.message === "fetch failed" && at.cause instanceof Error) found = { message: at.cause.message };
  }
  return found;
}
