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

/**
 * A value as Docker Compose and a POSIX shell both read it back: bare where nothing is special, else in single quotes, where nothing is
 * (Compose expands `$` in bare and double-quoted values and ends a bare one at ` #`). A single quote inside leaves only double quotes, where
 * both take a backslash before `"`, `\`, `$`. https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax
 */
export function quoteEnvironmentValue(value: string): string {
  if (/[\r\n\0]/.test(value)) throw new RangeError("a value with a line break or a NUL has no place in a .env file");
  if (/^[A-Za-z0-9_@%+=:,./-]*$/.test(value)) return value;
  if (!value.includes("'")) return `'${value}'`;
  return `"${value.replace(/[\\"$`]/g, "\\$&")}"`;
}
