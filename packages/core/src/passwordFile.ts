import { isSocketFolder } from "./connectionHost.js";

/** What a line of a password file is matched against. */
export interface PasswordRequest {
  host: string;
  port: number;
  database: string;
  user: string;
}

/** Folders that libpq may have been built to use by default: there a line for `localhost` fits too, as it does for libpq. */
const DEFAULT_SOCKET_FOLDERS = ["/tmp", "/var/run/postgresql", "/run/postgresql"];

/**
 * Finds a password in the text of a libpq password file (`host:port:database:user:password`, the first line that fits). By libpq's rules:
 * `*` alone fits everything, a backslash makes the next character plain, lines that begin with `#` are comments, an unescaped colon ends
 * the password. An empty password is none.
 * https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
export function findPassword(passwordFile: string, { host, port, database, user }: PasswordRequest): string | undefined {
  const hosts = DEFAULT_SOCKET_FOLDERS.includes(host) && isSocketFolder(host) ? [host, "localhost"] : [host];
  for (const line of passwordFile.split("\n")) {
    if (line.startsWith("#")) continue;
    for (const name of hosts) {
      const password = [name, String(port), database, user].reduce<string | undefined>(afterField, line.replace(/\r+$/, ""));
      if (password === undefined) continue;
      // libpq stops at the first line that fits, also when its password is empty.
      return unescaped(password) || undefined;
    }
  }
  return undefined;
}

/**
 * What stands behind the first field of a line, if the field is this value. Driven by the value, as in libpq, so that a colon which belongs to it
 * needs no backslash: people write `::1:5432:…`. `\\*` is an asterisk and no wildcard.
 */
function afterField(line: string | undefined, value: string): string | undefined {
  if (line === undefined) return undefined;
  if (line.startsWith("*:")) return line.slice(2);
  let at = 0;
  for (const character of value.split("")) {
    if (line[at] === "\\") at += 1;
    if (line[at] !== character) return undefined;
    at += 1;
  }
  return line[at] === ":" ? line.slice(at + 1) : undefined;
}

/** The password up to an unescaped colon, its backslashes resolved. */
function unescaped(password: string): string {
  let plain = "";
  for (const [part] of password.matchAll(/\\?./gs)) {
    if (part === ":") break;
    plain += part.length === 2 ? part.slice(1) : part;
  }
  return plain;
}
