import { ExitCode, ProblemError, storeKindOf } from "@pgkeep/core";
import { folderPrivacyProblems, isFolder } from "../store/folderPrivacy.js";
import { anonymousAccess } from "./anonymousAccess.js";
import { anonymousRequests } from "./anonymousRequests.js";
import { type Diagnosis, diagnose } from "./Diagnosis.js";
import type { Examination } from "./Examination.js";

/** That others cannot read what is stored. `key` is an object that exists. */
export function checkStorePrivacy({ config, environment }: Examination, key: string): Promise<Diagnosis> {
  return diagnose("store privacy", async () => {
    const encrypted = config.encryption !== undefined;
    if (!isFolder(config.store)) return [await bucketPrivacy(config.store, key, environment)];
    const problems = await folderPrivacyProblems(config);
    if (problems.length > 0) throw new ProblemError(ExitCode.Configuration, problems);
    return [
      encrypted
        ? "objects are encrypted, and the folder is in no git work tree"
        : "only its owner and group reach the folder, and it is in no git work tree",
    ];
  });
}

async function bucketPrivacy(store: Examination["config"]["store"], key: string, environment: Examination["environment"]): Promise<string> {
  const asked = storeKindOf(store.url) === "s3" ? anonymousAccess(store, key) : anonymousRequests(store, key, environment);
  const { readable, listable, answers } = await asked;
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
