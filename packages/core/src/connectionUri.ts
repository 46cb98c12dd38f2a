import { multipleHostsProblem } from "./connectionHost.js";

/** What a libpq URI says. Nothing here has been checked beyond its form. */
export interface ConnectionUri {
  host?: string;
  port?: string;
  user?: string;
  password?: string;
  database?: string;
  sslmode?: string;
  sslrootcert?: string;
  sslcert?: string;
  sslkey?: string;
}

/** The form that is accepted, for messages. */
export const CONNECTION_URI_FORM = "postgresql://user@host:port/database?sslmode=verify-full";

/** What to say to a URI with a password in it, which is never shown. */
export const passwordInUri = {
  reason: "there is a password in this URI; configuration is read, copied and reviewed by many, so a secret has no place in it",
  allowed: CONNECTION_URI_FORM,
  next: "take it out and change it, then put it in PGPASSWORD_FILE (or connection.passwordFile), PGPASSWORD, or a libpq password file (PGPASSFILE)",
};

/** Parameters that are taken over, by libpq's name, and the field they become. */
const PARAMETERS: Record<string, keyof ConnectionUri> = {
  host: "host",
  port: "port",
  user: "user",
  password: "password",
  dbname: "database",
  sslmode: "sslmode",
  sslrootcert: "sslrootcert",
  sslcert: "sslcert",
  sslkey: "sslkey",
};

/** Parameters of libpq that have another place, and where it is. */
const ELSEWHERE: Record<string, string> = {
  connect_timeout: "write connection.connectTimeout instead",
  passfile: "set PGPASSFILE instead",
  hostaddr: "write the address as the host",
  service: "write the service's values as fields of connection",
};

/**
 * Reads a libpq connection URI by libpq's rules: percent-codes, `[::1]`, a socket's folder as `%2Ftmp` or `?host=/tmp`, parameters after `?`
 * that win over what stands before. Throws a RangeError whose message never repeats what the URI holds, for that may be a password.
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export function parseConnectionUri(text: string): ConnectionUri {
  const [, authority, path, query] = /^postgres(?:ql)?:\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(text) ?? [];
  if (authority === undefined) throw new RangeError(formProblem(text));
  const at = authority.lastIndexOf("@");
  return {
    ...userOf(at < 0 ? "" : authority.slice(0, at)),
    ...placeOf(authority.slice(at + 1)),
    ...(path ? { database: decoded(path, "the database's name") } : {}),
    ...parametersOf(query ?? ""),
  };
}

function formProblem(text: string): string {
  if (/^\s*\w+\s*=/.test(text)) return "this is libpq's keyword form: write a URI, or the values as host, port and user beside it";
  if (text.includes("#")) return "a # begins a fragment, which such a URI has none of: write # as %23";
  if (/^postgres(ql)?\+|^jdbc:/.test(text)) return "this is the URI of another driver: begin it with postgresql://";
  return "this is not a PostgreSQL URI: those begin with postgresql:// or postgres://";
}

function userOf(text: string): ConnectionUri {
  if (text === "") return {};
  const [user = "", ...password] = text.split(":");
  return {
    ...(user === "" ? {} : { user: decoded(user, "the user's name") }),
    ...(password.length === 0 ? {} : { password: decoded(password.join(":"), "the password") }),
  };
}

function placeOf(text: string): ConnectionUri {
  if (text === "") return {};
  if (text.includes(",")) throw new RangeError(multipleHostsProblem);
  const [, host, port] = /^(\[[^\]]*\]|[^:]*)(?::([^:]*))?$/.exec(text) ?? [];
  if (host === undefined) throw new RangeError("an IPv6 address stands in brackets, for example [::1]:5432");
  if (host.startsWith("[") && !host.includes(":")) throw new RangeError("only an IPv6 address stands in brackets");
  return {
    ...(host === "" ? {} : { host: decoded(host.replace(/^\[|\]$/g, ""), "the host") }),
    ...(port ? { port: decoded(port, "the port") } : {}),
  };
}

function parametersOf(query: string): ConnectionUri {
  const found: ConnectionUri = {};
  for (const part of query.split("&")) {
    if (part === "") continue;
    const [name = "", value, ...more] = part.split("=");
    const key = decoded(name, "a parameter's name");
    if (value === undefined || more.length > 0) throw new RangeError(`the parameter ${parameterName(key)} must be written as name=value`);
    const field = Object.hasOwn(PARAMETERS, key) ? PARAMETERS[key] : undefined;
    if (!field)
      throw new RangeError(
        `the parameter ${parameterName(key)} is not taken over: ${Object.hasOwn(ELSEWHERE, key) ? ELSEWHERE[key] : KNOWN}`,
      );
    // An empty value leaves the default in force, as in libpq.
    if (value !== "") found[field] = decoded(value, `the parameter ${key}`);
  }
  return found;
}

const KNOWN = `known are ${Object.keys(PARAMETERS).join(", ")}`;

/** Only what looks like a name is repeated: anything else could be the rest of a password with an unescaped `?` in it. */
function parameterName(key: string): string {
  return /^[a-z_]{1,32}$/.test(key) ? key : "after the question mark";
}

function decoded(text: string, what: string): string {
  let plain: string;
  try {
    plain = decodeURIComponent(text);
  } catch {
    throw new RangeError(`${what} holds a percent sign that begins no code: write % as %25`);
  }
  if (plain.includes("\0")) throw new RangeError(`${what} holds %00, which PostgreSQL forbids`);
  return plain;
}
