import type { ConnectionKeysArgs } from "./PostgresAccessArgs.js";

/** libpq's own names. https://www.postgresql.org/docs/current/libpq-envars.html */
export const DEFAULT_ENVIRONMENT_NAMES: Required<ConnectionKeysArgs> = {
  host: "PGHOST",
  port: "PGPORT",
  database: "PGDATABASE",
  username: "PGUSER",
  password: "PGPASSWORD",
  sslMode: "PGSSLMODE",
  uri: "DATABASE_URL",
};

/** What is wrong with the name of an environment variable, undefined when nothing is. */
export function environmentNameProblem(name: string): string | undefined {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? undefined : "this is not the name of an environment variable";
}

/** Lines of a `.env` file, in the order of the keys. */
export function environmentLines(values: Required<Record<keyof ConnectionKeysArgs, string>>, names: ConnectionKeysArgs): string {
  const keys = Object.keys(DEFAULT_ENVIRONMENT_NAMES) as (keyof ConnectionKeysArgs)[];
  return keys.flatMap((key) => (names[key] === undefined ? [] : [`${names[key]}=${quoteEnvironmentValue(values[key])}\n`])).join("");
}

/** What keeps a value from a line of a `.env` file, undefined when nothing does. */
export function environmentValueProblem(value: string): string | undefined {
  if (/[\r\n\0]/.test(value)) return "a line of a .env file holds neither a line break nor a NUL";
  return quotedValue(value) === undefined
    ? "a shell and Docker Compose read a backtick beside a single quote, or before a backslash at the end, in two ways"
    : undefined;
}

/**
 * A value as Docker Compose and a POSIX shell both read it back: bare where nothing is special, else in single quotes, where nothing is
 * (Compose expands `$` in bare and double-quoted values and ends a bare one at ` #`). A single quote inside leaves only double quotes, where
 * both take a backslash before `"`, `\\`, `$`; a backtick there is a command to the shell, and its backslash stays with Compose. Seen with
 * compose-go 2.4.7. https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax
 */
export function quoteEnvironmentValue(value: string): string {
  const quoted = environmentValueProblem(value) === undefined ? quotedValue(value) : undefined;
  if (quoted === undefined) throw new RangeError(`this value has no place in a .env file: ${environmentValueProblem(value)}`);
  return quoted;
}

function quotedValue(value: string): string | undefined {
  if (/^[A-Za-z0-9_@%+=:,./-]*$/.test(value)) return value;
  // To Compose a backslash before the closing quote makes it part of the value.
  if (!value.includes("'") && !value.endsWith("\\")) return `'${value}'`;
  return value.includes("`") ? undefined : `"${value.replace(/[\\"$]/g, "\\$&")}"`;
}
