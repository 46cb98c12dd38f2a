import { access, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AgentConfig, Problem } from "@pgkeep/core";

/** Whether the store of a configuration is a folder. */
export function isFolder(store: AgentConfig["store"]): boolean {
  return /^file:/i.test(store.url);
}

/**
 * How others could come to read what lies in a folder, or to lose it: none where the store is no folder. Manifests are never encrypted, but they
 * hold names and sizes only. The folder must exist.
 */
export async function folderPrivacyProblems({ store, encryption }: Pick<AgentConfig, "store" | "encryption">): Promise<Problem[]> {
  if (!isFolder(store)) return [];
  const folder = fileURLToPath(store.url);
  return [...(await modeProblems(folder, encryption !== undefined)), ...(await workTreeProblems(folder))];
}

async function modeProblems(folder: string, encrypted: boolean): Promise<Problem[]> {
  if (encrypted || !(await isOpenToOthers(folder))) return [];
  return [
    {
      where: "store.url",
      received: `${folder} (mode ${((await stat(folder)).mode & 0o7777).toString(8).padStart(4, "0")})`,
      reason: "every user of this machine can list the folder, and the recovery points in it are not encrypted",
      next: `chmod o-rwx ${folder}, or configure encryption.recipients`,
    },
  ];
}

/** Others reach a folder only through every folder above it. */
async function isOpenToOthers(folder: string): Promise<boolean> {
  const path = await realpath(folder);
  if (((await stat(path)).mode & 0o005) === 0) return false;
  for (let above = dirname(path); ; above = dirname(above)) {
    if (((await stat(above)).mode & 0o001) === 0) return false;
    if (above === dirname(above)) return true;
  }
}

async function workTreeProblems(folder: string): Promise<Problem[]> {
  for (let above = await realpath(folder); ; above = dirname(above)) {
    const isWorkTree = await access(join(above, ".git")).then(
      () => true,
      () => false,
    );
    if (isWorkTree) {
      return [
        {
          where: "store.url",
          received: folder,
          reason: `it lies in the git work tree ${above}: one \`git add\` would publish the backups, and one \`git clean\` would delete them`,
          next: "choose a folder outside, or a bucket",
        },
      ];
    }
    if (above === dirname(above)) return [];
  }
}
