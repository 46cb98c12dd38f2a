import { ExitCode, type ImageRecord, imageDigestProblem, type Problem, ProblemError } from "@pgkeep/core";
import type { Environment } from "../configuration/Environment.js";

/** What a scheduler or a deployment says about the application, in variables. */
export interface GivenVersion {
  sha?: string;
  branch?: string;
  images: ImageRecord[];
}

/**
 * PGKEEP_APPLICATION_SHA and PGKEEP_APPLICATION_BRANCH (as `dokku git:report` or a CI job knows them) and PGKEEP_APPLICATION_IMAGES
 * (`name=digest`, separated by commas or blanks). An empty variable counts as none. Throws a ProblemError where one cannot be meant.
 */
export function readApplicationEnvironment(environment: Environment): GivenVersion {
  const problems: Problem[] = [];
  const sha = environment.PGKEEP_APPLICATION_SHA?.trim().toLowerCase();
  if (sha && !/^[0-9a-f]{7,64}$/.test(sha)) {
    problems.push({
      where: "PGKEEP_APPLICATION_SHA",
      received: sha.slice(0, 100),
      allowed: "7 to 64 hexadecimal digits",
      reason: "this is not the name of a git commit",
      next: "set it to what `git rev-parse HEAD` prints, or unset it",
    });
  }
  const branch = environment.PGKEEP_APPLICATION_BRANCH?.trim();
  const images = (environment.PGKEEP_APPLICATION_IMAGES ?? "")
    .split(/[\s,]+/)
    .filter((text) => text !== "")
    .map((text) => readImage(text, problems));
  const names = images.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    const reason = "an image has one digest, and this one is given two";
    problems.push({ where: "PGKEEP_APPLICATION_IMAGES", received: twice, reason, next: "remove one of them" });
  }
  if (problems.length > 0) throw new ProblemError(ExitCode.Configuration, problems);
  return { ...(sha ? { sha } : {}), ...(branch ? { branch } : {}), images };
}

function readImage(text: string, problems: Problem[]): ImageRecord {
  const [, name = "", digest = ""] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  const problem = name === "" ? { reason: "this has not the form name=digest", allowed: "web=sha256:…" } : imageDigestProblem(digest);
  if (problem !== undefined) problems.push({ where: "PGKEEP_APPLICATION_IMAGES", received: text.slice(0, 200), ...problem });
  return { name, digest };
}
