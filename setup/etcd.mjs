import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached, makeOnce } from "./cache.mjs";
import { findProgram, isProgram, run } from "./command.mjs";
import { SetupProblem } from "./SetupProblem.mjs";

/** What Kubernetes' API server keeps its objects in. Debian's is too old for it, and `go install` does not accept its go.mod: a module of our own. */
const version = "3.6.5";
const name = `etcd-${version}`;

/** @returns {string | undefined} */
export function findEtcd() {
  const asked = process.env.PGKEEP_ETCD;
  if (asked !== undefined && asked !== "") return asked;
  const built = join(cached(name), "etcd");
  return isProgram(built) ? built : undefined;
}

export async function etcd() {
  if (findEtcd() !== undefined) return;
  const go = findProgram("go", ["/usr/local/go/bin", "/opt/homebrew/bin", "/usr/local/bin"]);
  if (go === undefined) throw new SetupProblem("Go, which would build it, is not on this machine");
  await makeOnce(name, `building etcd ${version} (once per machine, a minute or two)`, async (folder) => {
    const source = join(folder, "source");
    mkdirSync(source);
    writeFileSync(
      join(source, "go.mod"),
      ["module pgkeep.invalid/etcd", "go 1.25", `require go.etcd.io/etcd/server/v3 v${version}`, ""].join("\n\n"),
    );
    writeFileSync(
      join(source, "main.go"),
      [
        "package main",
        'import (\n\t"os"\n\n\t"go.etcd.io/etcd/server/v3/etcdmain"\n)',
        "func main() {\n\tetcdmain.Main(os.Args)\n}",
        "",
      ].join("\n\n"),
    );
    const args = ["build", "-mod=mod", "-trimpath", "-ldflags", "-s -w", "-o", join(folder, "etcd"), "."];
    await run("nice", ["-n", "10", go, ...args], { cwd: source });
  });
}
