import { hostname, userInfo } from "node:os";

/** Who does something, for records: PGKEEP_BY where it is set, else `user@host`; in a Pod the host's name is the Pod's. */
export function whoAmI(environment: Readonly<Record<string, string | undefined>>): string {
  const given = environment.PGKEEP_BY?.trim();
  return given ? given : `${userName()}@${hostname()}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that no account has.
    return `uid-${process.getuid?.() ?? "unknown"}`;
  }
}
