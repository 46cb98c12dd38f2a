import { readFileSync } from "node:fs";
import { ExitCode, ProblemError } from "@pgkeep/core";

export interface UnprivilegedUser {
  name: string;
  uid: number;
  gid: number;
}

/**
 * The user under whom a scratch server runs when the agent runs as root, because PostgreSQL refuses to run as root: `postgres` where a
 * package created it, else `nobody`. Undefined when the agent is not root: then the server runs as the agent's own user.
 */
export function unprivilegedUser(): UnprivilegedUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const wanted of ["postgres", "nobody"]) {
    const fields = lines.find((line) => line.startsWith(`${wanted}:`))?.split(":");
    const [name, , uid, gid] = fields ?? [];
    if (name && uid && gid) return { name, uid: Number(uid), gid: Number(gid) };
  }
  throw new ProblemError(ExitCode.CouldNotVerify, {
    where: "scratch server",
    reason: "PostgreSQL refuses to run as root and neither a user postgres nor nobody exists",
    next: "run the drill as another user, or name a server in drill.connection",
  });
}
