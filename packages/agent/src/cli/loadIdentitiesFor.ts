import { resolve } from "node:path";
import type { AgentConfig } from "@pgkeep/core";
import { loadIdentities } from "../configuration/keys.js";
import { parseIdentities } from "../configuration/parseIdentities.js";
import { readPrivateFile } from "../configuration/readPrivateFile.js";
import type { Surroundings } from "./Surroundings.js";

/** The identities of --identity-file and no others, so that it is this key that is tried; without it those of the configuration. */
export async function loadIdentitiesFor(
  identityFile: string | undefined,
  config: Pick<AgentConfig, "encryption" | "signing">,
  { environment, folder }: Surroundings,
): Promise<string[]> {
  if (identityFile === undefined) return await loadIdentities(config, environment);
  return parseIdentities(await readPrivateFile(resolve(folder, identityFile), "--identity-file"), "--identity-file");
}
