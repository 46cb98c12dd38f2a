import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./freePort.js";
import { runPostgres } from "./runPostgres.js";
import { giveToServerAccount } from "./serverAccount.js";
import type { TestServer } from "./TestServer.js";

export interface CopiedServerOptions {
  /** Changes files of the copy before a server starts on it. */
  damage?: (dataFolder: string) => void;
  settings?: Record<string, string | number | boolean>;
  /** Server programs instead of the source's, for example of a folder without contributed extensions. */
  programFolder?: string;
}

/** A server that runs on a copy of the files of one that is shut down: what a snapshot of a volume is, without the volume. */
export async function startOnCopy(
  source: TestServer,
  { damage, settings = {}, programFolder }: CopiedServerOptions = {},
): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-copy-"));
  try {
    giveToServerAccount(folder);
    execFileSync("cp", ["-a", source.dataFolder, join(folder, "data")]);
    damage?.(join(folder, "data"));
    const connection = { ...source.connection, port: await freePort() };
    return await runPostgres(source.major, programFolder ?? source.programFolder, folder, connection, settings);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A server's programs without its contributed extensions, as some packages have them. To be removed by `remove`. */
export function withoutContrib(source: TestServer): { programFolder: string; remove(): void } {
  const run = (program: string, argument: string) =>
    execFileSync(join(source.programFolder, program), [argument], { encoding: "utf8" }).trim();
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-programs-"));
  const share = run("pg_config", "--sharedir");
  const bin = join(folder, source.programFolder.replace(/^\/+/, ""));
  for (const path of [source.programFolder, share]) {
    execFileSync("mkdir", ["-p", join(folder, path)]);
    execFileSync("cp", ["-aL", `${path}/.`, join(folder, path)]);
  }
  const library = run("pg_config", "--pkglibdir");
  execFileSync("mkdir", ["-p", join(folder, library, "..")]);
  execFileSync("cp", ["-aL", library, join(folder, library)]);
  // A package that brings its libraries along finds them by the way from the program.
  for (const own of librariesBeside(join(source.programFolder, "postgres"))) {
    execFileSync("mkdir", ["-p", join(folder, own, "..")]);
    if (!existsSync(join(folder, own))) symlinkSync(own, join(folder, own));
  }
  execFileSync("sh", ["-c", `rm ${join(folder, share)}/extension/amcheck*`]);
  execFileSync("chmod", ["-R", "a+rX", folder]);
  return { programFolder: bin, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The loader tells which libraries it would load, and starts nothing (ld.so(8)). */
function librariesBeside(program: string): string[] {
  const paths = [...execFileSync(program, [], { encoding: "utf8", env: { LD_TRACE_LOADED_OBJECTS: "1" } }).matchAll(/=> (\/\S+)/g)].map(
    ([, path = ""]) => join(path),
  );
  return [...new Set(paths)].filter((path) => !/^\/(usr\/)?lib/.test(path));
}
