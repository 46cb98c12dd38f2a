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
    const fields = splitFields(line.replace(/\r+$/, ""));
    const [hostField, portField, databaseField, userField, password] = fields;
    if (fields.length < 5 || hostField === undefined || !hosts.some((name) => fits(hostField, name))) continue;
    if (!fits(portField, String(port)) || !fits(databaseField, database) || !fits(userField, user)) continue;
    const plain = unescaped(password ?? "");
    // libpq stops at the first line that fits, also when its password is empty.
    return plain === "" ? undefined : plain;
  }
  return undefined;
}

/** Splits at colons that no backslash makes plain; the fields keep their backslashes. */
function splitFields(line: string): string[] {
  const fields = [""];
  for (const [part] of line.matchAll(/\\?./gs)) {
    if (part === ":") fields.push("");
    else fields.push(`${fields.pop() ?? ""}${part}`);
  }
  return fields;
}

/** `\*` is an asterisk and no wildcard. */
function fits(field: string | undefined, value: string): boolean {
  return field === "*" || (field !== undefined && unescaped(field) === value);
}

function unescaped(field: string): string {
  return field.replace(/\\(.)/gs, "$1");
}
