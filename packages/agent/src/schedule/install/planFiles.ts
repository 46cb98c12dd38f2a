import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ExitCode, type Problem, ProblemError } from "@pgkeep/core";
import { UNIT_MARK, type UnitFile } from "./systemdUnits.js";

/** A file that is to be written, and what becomes of what is there. */
export interface PlannedFile extends UnitFile {
  path: string;
  change: "new" | "changed" | "unchanged";
}

/** Compares what is to be written with what is there. Refuses where a file of a name is not ours: it is never overwritten. */
export async function planFiles(folder: string, files: readonly UnitFile[]): Promise<PlannedFile[]> {
  const problems: Problem[] = [];
  const planned: PlannedFile[] = [];
  for (const file of files) {
    const path = join(folder, file.name);
    const present = await textAt(path);
    if (present !== undefined && !present.startsWith(UNIT_MARK)) {
      problems.push({
        where: path,
        reason: "there is a file of this name that `pgkeep schedule install` did not write, so it is left alone",
        next: "move it away, or change the name of the cluster in the configuration",
      });
    }
    planned.push({ ...file, path, change: present === undefined ? "new" : present === file.text ? "unchanged" : "changed" });
  }
  if (problems.length > 0) throw new ProblemError(ExitCode.Configuration, problems);
  return planned;
}

/** The text of a plain file; undefined where there is nothing. Anything else than a plain file is not ours. */
async function textAt(path: string): Promise<string | undefined> {
  try {
    return (await lstat(path)).isFile() ? await readFile(path, "utf8") : "";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    const problem = { where: path, reason: `this file cannot be read (${code})`, next: "run the command as an account that may" };
    throw new ProblemError(ExitCode.Permission, problem, { cause: error });
  }
}
