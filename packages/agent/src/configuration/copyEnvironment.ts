import { ExitCode, ProblemError } from "@pgkeep/core";
import type { Environment } from "./Environment.js";

/** Variables from which stores take their credentials and places, by who reads them. Those that name a secret or its file go together. */
const FAMILIES = {
  AWS: {
    secrets: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"],
    others: ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_MAX_ATTEMPTS"],
  },
  AZURE: {
    secrets: ["AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN", "AZURE_CLIENT_SECRET"],
    others: ["AZURE_STORAGE_ACCOUNT", "AZURE_TENANT_ID", "AZURE_CLIENT_ID"],
  },
  GOOGLE: { secrets: [], others: ["GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_QUOTA_PROJECT"] },
};

const withFiles = (names: readonly string[]) => names.flatMap((name) => [name, `${name}_FILE`]);

/** What the variables of a copy begin with, as in PGKEEP_COPY_OFFSITE_AWS_ACCESS_KEY_ID. */
export function copyPrefix(copy: string): string {
  return `PGKEEP_COPY_${copy.toUpperCase().replaceAll("-", "_")}_`;
}

/**
 * The environment that a copy's store is opened with: what stands behind the copy's own prefix counts instead of the variable without it. Where any
 * credential of a kind is given so, none without the prefix counts: half of one and half of the other would be nobody's. Throws a
 * ProblemError for a name behind the prefix that no store reads.
 */
export function copyEnvironment(environment: Environment, copy: string): Environment {
  const prefix = copyPrefix(copy);
  const own = Object.entries(environment).flatMap(([name, value]) =>
    name.startsWith(prefix) && value ? [[name.slice(prefix.length), value] as const] : [],
  );
  const result: Record<string, string | undefined> = { ...environment };
  const known = Object.values(FAMILIES).flatMap(({ secrets, others }) => [...withFiles(secrets), ...others]);
  // PGKEEP_COPY_OFFSITE_2_AWS_REGION belongs to the copy `offsite-2`, and begins like those of `offsite`.
  const isOfAnother = (name: string) => known.some((one) => name.endsWith(`_${one}`));
  const unknown = own.filter(([name]) => !known.includes(name) && !isOfAnother(name));
  if (unknown.length > 0) {
    throw new ProblemError(
      ExitCode.Configuration,
      unknown.map(([name]) => ({
        where: `${prefix}${name}`,
        reason: "no store reads a variable of this name",
        allowed: known.map((name) => `${prefix}${name}`).join(", "),
        next: "correct its name, or unset it",
      })),
    );
  }
  for (const { secrets } of Object.values(FAMILIES)) {
    const all = withFiles(secrets);
    if (own.some(([name]) => all.includes(name))) for (const name of all) delete result[name];
  }
  return { ...result, ...Object.fromEntries(own.filter(([name]) => known.includes(name))) };
}
