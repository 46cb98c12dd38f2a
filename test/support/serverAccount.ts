import { execFileSync } from "node:child_process";
import { chownSync } from "node:fs";

/** The account that server programs run under. */
export interface ServerAccount {
  uid: number;
  gid: number;
}

let found: ServerAccount | undefined;

/** `postgres` and initdb refuse to run as root, so root lends them another account; anybody else runs them as himself. */
export function serverAccount(): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  found ??= ["postgres", "nobody"].map(accountNamed).find((account) => account !== undefined);
  if (found === undefined)
    throw new Error("Running as root, and there is neither an account `postgres` nor `nobody` for the server to run under.");
  return found;
}

export function giveToServerAccount(path: string): void {
  const account = serverAccount();
  if (account !== undefined) chownSync(path, account.uid, account.gid);
}

function accountNamed(name: string): ServerAccount | undefined {
  const idOf = (option: string) => Number(execFileSync("id", [option, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  try {
    return { uid: idOf("-u"), gid: idOf("-g") };
  } catch {
    return undefined;
  }
}
