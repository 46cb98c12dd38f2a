import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

const versionsSeen = new Map<string, number | undefined>();

function majorOf(folder: string): number | undefined {
  if (!versionsSeen.has(folder)) {
    let major: number | undefined;
    try {
      const text = execFileSync(join(folder, "postgres"), ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
      major = Number(/(\d+)/.exec(text)?.[1]);
    } catch {
      major = undefined;
    }
    versionsSeen.set(folder, major);
  }
  return versionsSeen.get(folder);
}

function* candidateFolders(): Generator<string> {
  yield* (process.env.PGKEEP_PG_BIN ?? "").split(delimiter).filter((folder) => folder !== "");
  const debian = "/usr/lib/postgresql";
  if (existsSync(debian)) for (const major of readdirSync(debian)) yield join(debian, major, "bin");
  yield* (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
}

/** The folder with server and client programs of one major version, as the set-up found it; undefined when this machine has none. */
export function programFolder(major: number): string | undefined {
  for (const folder of candidateFolders()) {
    if (["initdb", "postgres", "pg_dump", "psql"].every((name) => existsSync(join(folder, name))) && majorOf(folder) === major)
      return folder;
  }
  return undefined;
}
