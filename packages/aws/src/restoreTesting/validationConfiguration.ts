import { isDeferred, type Problem, ProblemError, parseAgentConfig } from "@pgkeep/core";
import type { RestoreTestValidationArgs } from "./RestoreTestingArgs.js";

/** The drill's configuration as the arguments say it. It holds no secret: the drill gives the restored instance a new password. */
export function validationTree({ cluster, databases, store }: RestoreTestValidationArgs) {
  return { version: 1, cluster, databases, store: { url: store.url, ...(store.region === undefined ? {} : { region: store.region }) } };
}

/** What the agent would refuse of it, with something harmless in place of what is not known yet. */
export function configurationProblems({ cluster, databases, store }: RestoreTestValidationArgs): Problem[] {
  const plain = <Value>(value: unknown, otherwise: Value) => (isDeferred(value) ? otherwise : value);
  const list = plain(databases, ["placeholder"]);
  const tree = {
    version: 1,
    cluster: plain(cluster, "placeholder"),
    databases: Array.isArray(list) ? list.map((database) => plain(database, "placeholder")) : list,
    store: {
      url: plain(store.url, "s3://placeholder"),
      ...(store.region === undefined || isDeferred(store.region) ? {} : { region: store.region }),
    },
  };
  try {
    parseAgentConfig(tree);
    return [];
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return error.problems.map((problem) => ({ ...problem, where: `validation.${problem.where}` }));
  }
}
