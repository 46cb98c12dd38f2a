import type { AgentConfig, ApplicationRecord, GitRecord } from "@pgkeep/core";
import type { GivenVersion } from "./applicationEnvironment.js";
import { GitUnknown } from "./gitHead.js";
import { readGit } from "./readGit.js";

/** The application's version as far as it is known outside the databases. What is given in the environment goes before the configuration. */
export async function readVersion(
  { workTree, images }: AgentConfig["application"],
  given: GivenVersion,
): Promise<Pick<ApplicationRecord, "git" | "images" | "unread">> {
  const named = new Map([...images, ...given.images].map((image) => [image.name, image]));
  const version = { images: [...named.values()], unread: [] };
  if (given.sha !== undefined) {
    // What runs is what was deployed, wherever a work tree may stand by now.
    return { ...version, git: { sha: given.sha, branch: given.branch ?? null, dirty: null, committedAt: null } satisfies GitRecord };
  }
  if (workTree === undefined) return { ...version, git: null };
  try {
    return { ...version, git: await readGit(workTree) };
  } catch (error) {
    if (!(error instanceof GitUnknown)) throw error;
    return { ...version, git: null, unread: [`application.workTree: ${error.message}`] };
  }
}
