import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { counted, ExitCode, formatSize, type Problem, ProblemError } from "@pgkeep/core";
import { selectFiles } from "../files/selectFiles.js";
import { type Diagnosis, diagnose } from "./Diagnosis.js";
import type { Examination } from "./Examination.js";

/** That the files to save are there and can be read. */
export function checkFiles({ config }: Examination): Promise<Diagnosis> {
  return diagnose("files", async () => {
    if (!config.files) return ["none configured"];
    const selected = await selectFiles(config.files);
    const problems: Problem[] = [];
    for (const { path, absolutePath, type } of selected) {
      if (type !== "file") continue;
      await access(absolutePath, constants.R_OK).catch(() => {
        problems.push({
          where: `files: ${path}`,
          received: absolutePath,
          reason: "the agent's user may not read it",
          next: "give it the right, or remove it from files.paths",
        });
      });
    }
    if (problems.length > 0) throw new ProblemError(ExitCode.Permission, problems);
    const bytes = selected.reduce((sum, { type, stats }) => sum + (type === "file" ? stats.size : 0), 0);
    return [`${counted(selected.length, "file or folder", "files and folders")}, ${formatSize(bytes)}`];
  });
}
