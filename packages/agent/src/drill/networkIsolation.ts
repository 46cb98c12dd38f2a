import { spawn } from "node:child_process";
import { once } from "node:events";
import type { UnprivilegedUser } from "./unprivilegedUser.js";

export interface NetworkIsolation {
  /** Words to put before a command, so that it runs without any network. Unix sockets in the file system still work. */
  command: string[];
  /** Whether the command itself changes to the unprivileged user, since only root may leave a network. */
  changesUser: boolean;
}

/**
 * A way to run a program in a network namespace with nothing in it: as root with `unshare --net`, else inside a user namespace where the
 * kernel allows one. Undefined where there is none (macOS, restricted containers).
 */
export async function findNetworkIsolation(user: UnprivilegedUser | undefined): Promise<NetworkIsolation | undefined> {
  const command = user
    ? ["unshare", "--net", "--", "setpriv", `--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups", "--"]
    : ["unshare", "--map-current-user", "--net", "--"];
  return (await succeeds([...command, "true"])) ? { command, changesUser: user !== undefined } : undefined;
}

async function succeeds([command = "", ...rest]: readonly string[]): Promise<boolean> {
  const child = spawn(command, rest, { stdio: "ignore" });
  try {
    const [code] = await once(child, "close");
    return code === 0;
  } catch {
    return false;
  }
}
