import { join } from "node:path";
import { cached, makeOnce } from "./cache.mjs";
import { findProgram, isProgram, run } from "./command.mjs";
import { SetupProblem } from "./SetupProblem.mjs";

/** The `age` program, which the tests open our objects with, and its key generator; in few systems' packages and in no npm package as a program: built from source. */
const version = "1.3.2";
const name = `age-${version}`;

/** @returns {string | undefined} */
export function findAge() {
  const asked = process.env.PGKEEP_AGE;
  if (asked !== undefined && asked !== "") return asked;
  const built = join(cached(name), "age");
  return isProgram(built) ? built : findProgram("age");
}

export async function age() {
  if (findAge() !== undefined) return;
  const go = findProgram("go", ["/usr/local/go/bin", "/opt/homebrew/bin", "/usr/local/bin"]);
  if (go === undefined) throw new SetupProblem("Go, which would build it, is not on this machine");
  await makeOnce(name, `building age ${version} (once per machine, seconds)`, async (folder) => {
    const programs = ["age", "age-keygen"].map((program) => `filippo.io/age/cmd/${program}@v${version}`);
    await run(go, ["install", ...programs], { env: { ...process.env, GOBIN: folder } });
  });
}
