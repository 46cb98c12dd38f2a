import { execFileSync } from "node:child_process";
import { chownSync, existsSync } from "node:fs";

/** The account that server programs run under. */
export interface ServerAccount {
  uid: number;
  gid: number;
}

let found: ServerAccount | undefined;

/** `postgres` and initdb refuse to run as root, so root lends them another account; anybody else runs them as himself. */
export function serverAccount(): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (found === undefined) {
    for (const name of ["postgres", "nobody"]) {
      try {
        const numberOf = (option: string) =>
          Number(execFileSync("id", [option, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
        found = { uid: numberOf("-u"), gid: numberOf("-g") };
        break;
      } catch {
        // no such account: the next one
      }
    }
    if (found === undefined)
      throw new Error("Running as root, and there is neither an account `postgres` nor `nobody` for the server to run under.");
  }
  return found;
}

export function giveToServerAccount(path: string): void {
  const account = serverAccount();
  if (account !== undefined) chownSync(path, account.uid, account.gid);
}

/**
 * How to start a program so that it runs under the server's account and dies with us.
 * On Linux `setpriv` also asks the kernel to send a signal when this process dies, however it dies: a test run that is killed leaves
 * no server behind. It replaces itself by the program, so the process id is the program's own.
 */
export function asServerAccount(
  program: string,
  args: string[],
  signalOnOurDeath: "QUIT" | "KILL" = "KILL",
): { program: string; args: string[]; options: { uid?: number; gid?: number } } {
  const account = serverAccount();
  if (process.platform === "linux" && existsSync("/usr/bin/setpriv")) {
    const identity = account === undefined ? [] : ["--reuid", String(account.uid), "--regid", String(account.gid), "--clear-groups"];
    return { program: "/usr/bin/setpriv", args: ["--pdeathsig", signalOnOurDeath, ...identity, "--", program, ...args], options: {} };
  }
  return { program, args, options: account ?? {} };
}
