import { join } from "node:path";
import { cached, makeOnce } from "./cache.mjs";
import { findProgram, isProgram, run } from "./command.mjs";
import { SetupProblem } from "./SetupProblem.mjs";

/** A server that speaks the JSON interface of Google Cloud Storage, which no package registry ships as a program: built from source. */
const version = "1.52.3";
const name = `fake-gcs-server-${version}`;

/** @returns {string | undefined} */
export function findFakeGcsServer() {
  const asked = process.env.PGKEEP_FAKE_GCS_SERVER;
  if (asked !== undefined && asked !== "") return asked;
  const built = join(cached(name), "fake-gcs-server");
  return isProgram(built) ? built : findProgram("fake-gcs-server");
}

export async function fakeGcsServer() {
  if (findFakeGcsServer() !== undefined) return;
  const go = findProgram("go", ["/usr/local/go/bin", "/opt/homebrew/bin", "/usr/local/bin"]);
  if (go === undefined) throw new SetupProblem("Go, which would build it, is not on this machine");
  await makeOnce(name, `building fake-gcs-server ${version} (once per machine, a minute or two)`, async (folder) => {
    await run(go, ["install", `github.com/fsouza/fake-gcs-server@v${version}`], { env: { ...process.env, GOBIN: folder } });
  });
}
