import { access, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ExitCode, type Problem, ProblemError } from "@pgkeep/core";
import { anonymousAccess } from "./anonymousAccess.js";
import { isFolder } from "./checkStore.js";
import { type Diagnosis, diagnose } from "./Diagnosis.js";
import type { Examination } from "./Examination.js";

/** That others cannot read what is stored. `key` is an object that exists. */
export function checkStorePrivacy({ config }: Examination, key: string): Promise<Diagnosis> {
  return diagnose("store privacy", async () => {
    const encrypted = config.encryption !== undefined;
    if (!isFolder(config.store)) return [await bucketPrivacy(config.store, key)];
    const folder = fileURLToPath(config.store.url);
    const problems = [...(await modeProblems(folder, encrypted)), ...(await workTreeProblems(folder))];
    if (problems.length > 0) throw new ProblemError(ExitCode.Configuration, problems);
    return [
      encrypted
        ? "objects are encrypted, and the folder is in no git work tree"
        : "only its owner and group reach the folder, and it is in no git work tree",
    ];
  });
}

/** Manifests are never encrypted, but they hold names and sizes only. */
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

async function bucketPrivacy(store: Examination["config"]["store"], key: string): Promise<string> {
  const { readable, listable, answers } = await anonymousAccess(store, key);
  if (readable || listable) {
    throw new ProblemError(ExitCode.Configuration, {
      where: "store.url",
      received: store.url,
      reason: `anybody can ${[readable ? "read its objects" : "", listable ? "list it" : ""].filter(Boolean).join(" and ")} without any credentials`,
      next: "block public access on the bucket, and remove the policy or ACL that grants it",
    });
  }
  if (answers) return "refuses requests without credentials";
  throw new ProblemError(ExitCode.CouldNotVerify, {
    where: "store.url",
    received: store.url,
    reason: "a request without credentials got no answer that tells whether anybody can read",
    next: "look at the bucket's public access settings",
  });
}
