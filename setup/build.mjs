import { join } from "node:path";
import { run } from "./command.mjs";
import { inCheckout } from "./dependencies.mjs";

/**
 * Compiles the packages; quick and silent when nothing changed.
 * @param {string} repository
 * @param {string} node
 */
export async function build(repository, node) {
  const compiler = join(repository, "node_modules", "typescript", "bin", "tsc");
  await inCheckout(repository, () => run(node, [compiler, "--build"], { cwd: repository }));
}
