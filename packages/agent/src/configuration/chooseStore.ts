import { type AgentConfig, ExitCode, ProblemError } from "@pgkeep/core";
import { copyEnvironment } from "./copyEnvironment.js";
import type { Environment } from "./Environment.js";

/** A configuration and the environment that its store is opened with. */
export interface ChosenStore {
  config: AgentConfig;
  environment: Environment;
}

/**
 * The configuration as it is for one of its copies: with the copy's store, and with the copy's own retention or none. As it is where no
 * copy is named.
 */
export function chooseStore(config: AgentConfig, copy: string | undefined, environment: Environment): ChosenStore {
  if (copy === undefined) return { config, environment };
  const { store, retention } = findCopy(config, copy);
  const { retention: _, ...rest } = config;
  return { config: { ...rest, store, ...(retention ? { retention } : {}) }, environment: copyEnvironment(environment, copy) };
}

/** A copy by its name. Throws a ProblemError where there is none of it. */
export function findCopy({ copies = [] }: AgentConfig, name: string): NonNullable<AgentConfig["copies"]>[number] {
  const found = copies.find((copy) => copy.name === name);
  if (found) return found;
  const names = copies.map((copy) => copy.name);
  throw new ProblemError(ExitCode.Usage, {
    where: "the name of a copy",
    received: name,
    ...(names.length > 0 ? { allowed: names.join(", ") } : {}),
    reason: names.length > 0 ? "no copy has this name" : "the configuration names no copies",
    next: names.length > 0 ? "use one of the names there are" : "write the section `copies` into the configuration",
  });
}
