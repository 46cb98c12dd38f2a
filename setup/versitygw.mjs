import { join } from "node:path";
import { cached, makeOnce } from "./cache.mjs";
import { findProgram, isProgram, run } from "./command.mjs";
import { SetupProblem } from "./SetupProblem.mjs";

/** An S3 server with versioning, Object Lock and create-only writes, which no package registry ships as a program: built from source. */
const version = "1.7.0";
const name = `versitygw-${version}`;

/** @returns {string | undefined} */
export function findVersitygw() {
  const asked = process.env.PGKEEP_VERSITYGW;
  if (asked !== undefined && asked !== "") return asked;
  const built = join(cached(name), "versitygw");
  return isProgram(built) ? built : findProgram("versitygw");
}

export async function versitygw() {
  if (findVersitygw() !== undefined) return;
  const go = findProgram("go", ["/usr/local/go/bin", "/opt/homebrew/bin", "/usr/local/bin"]);
  if (go === undefined) throw new SetupProblem("Go, which would build it, is not on this machine");
  await makeOnce(name, `building versitygw ${version} (once per machine, a minute or two)`, async (folder) => {
    await run(go, ["install", `github.com/versity/versitygw/cmd/versitygw@v${version}`], { env: { ...process.env, GOBIN: folder } });
  });
}
