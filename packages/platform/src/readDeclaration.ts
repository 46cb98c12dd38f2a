import { isLoopback, isSocketFolder, type Problem, SslMode, valueAt } from "@pgkeep/core";
import type { PostgresAccessArgs } from "@pgkeep/postgresql";
import * as z from "zod";

/** A stack's configuration by full key (`pgkeep:databases`), as texts, and the keys of which the stack holds the value encrypted. */
export interface StackConfiguration {
  values: Readonly<Record<string, string>>;
  isSecret(key: string): boolean;
}

/** What the configuration and the environment say, or all that is wrong with them. */
export type Declaration = { args: PostgresAccessArgs } | { problems: Problem[] };

const NAMESPACE = "pgkeep";
const group = z.record(z.string(), z.unknown());

/**
 * The keys there are. Lists and groups are JSON: `pulumi config set --path 'pgkeep:databases[0].name' core` writes them. What stands in them
 * is judged by PostgresAccess itself, under the same paths.
 */
const settings = {
  server: group.optional(),
  admin: group.optional(),
  adminPassword: z.string().min(1).optional(),
  databases: z.array(group),
  applications: z.array(group).optional(),
  readOnlyRoles: z.array(group).optional(),
  dumpRole: group.optional(),
  restoreRole: group.optional(),
  passwords: z.record(z.string(), z.string()).optional(),
  dropOnDestroy: z.boolean().optional(),
  adopt: z.boolean().optional(),
};
const SECRETS = ["adminPassword", "passwords"];
const schema = z.strictObject(settings);

/**
 * Reads `pgkeep:*` as the arguments of PostgresAccess. What the server's place and administrator leave open comes from libpq's variables
 * (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGSSLMODE), so that one file serves every server that psql reaches.
 */
export function readDeclaration(configuration: StackConfiguration, environment: Readonly<Record<string, string | undefined>>): Declaration {
  const { document, problems } = readDocument(configuration);
  const parsed = schema.safeParse(document);
  const all = [...problems, ...(parsed.error?.issues ?? []).flatMap((issue) => describeIssue(issue, document))];
  if (!parsed.success || all.length > 0) return { problems: all };
  const { adminPassword, passwords = {}, ...declared } = parsed.data;
  const password = adminPassword ?? environment.PGPASSWORD;
  const args = {
    ...declared,
    server: serverOf(declared.server ?? {}, environment),
    admin: {
      ...withoutEmpty({ username: environment.PGUSER }),
      ...declared.admin,
      ...withoutEmpty({ password }),
    },
    ...(declared.applications === undefined ? {} : { applications: declared.applications.map((role) => withPassword(role, passwords)) }),
    ...(declared.readOnlyRoles === undefined ? {} : { readOnlyRoles: declared.readOnlyRoles.map((role) => withPassword(role, passwords)) }),
    dumpRole: withPassword({ name: "pgkeep_dump", ...declared.dumpRole }, passwords),
    ...(declared.restoreRole === undefined
      ? {}
      : { restoreRole: withPassword({ name: "pgkeep_restore", ...declared.restoreRole }, passwords) }),
  };
  // Its form is judged by the component, property by property.
  return { args: args as unknown as PostgresAccessArgs };
}

function readDocument({ values, isSecret }: StackConfiguration): { document: Record<string, unknown>; problems: Problem[] } {
  const document: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const [key, text] of Object.entries(values)) {
    if (!key.startsWith(`${NAMESPACE}:`)) continue;
    const name = key.slice(NAMESPACE.length + 1);
    const secret = SECRETS.includes(name);
    if (secret && !isSecret(key)) {
      problems.push({
        where: key,
        reason: "this is a secret, and stands in the stack's file for everybody to read",
        next: `change it on the server, then: pulumi config set --secret ${key}`,
      });
    }
    try {
      document[name] = name === "adminPassword" ? text : JSON.parse(text);
    } catch {
      problems.push({
        where: key,
        reason: "this is neither a list nor a group nor true or false",
        ...(secret ? {} : { received: text.slice(0, 80) }),
        next: `write it as YAML in the stack's file, or piece by piece: pulumi config set --path '${key}…'`,
      });
    }
  }
  return { document, problems };
}

function describeIssue(issue: z.core.$ZodIssue, document: unknown): Problem[] {
  const [name, ...rest] = issue.path;
  const where =
    name === undefined
      ? NAMESPACE
      : [`${NAMESPACE}:${String(name)}`, ...rest.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))].join("");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      where: `${NAMESPACE}:${key}`,
      reason: "there is no such setting",
      allowed: Object.keys(settings).join(", "),
    }));
  }
  if (issue.code === "invalid_type") {
    const reason = valueAt(document, issue.path) === undefined ? "this is missing" : "this is of another type";
    return [{ where, reason, allowed: KINDS[issue.expected] ?? issue.expected }];
  }
  return [{ where, reason: issue.message }];
}

const KINDS: Record<string, string> = { array: "list", record: "group of settings", boolean: "true or false", string: "text" };

function serverOf(server: Record<string, unknown>, environment: Readonly<Record<string, string | undefined>>): Record<string, unknown> {
  const host = server.host ?? environment.PGHOST;
  const port = Number(environment.PGPORT ?? 5432);
  // As the agent's connection: nothing but the machine itself is trusted without a certificate.
  const near = typeof host === "string" && (isLoopback(host) || isSocketFolder(host));
  return {
    port,
    sslMode: environment.PGSSLMODE ?? (near ? SslMode.Disable : SslMode.VerifyFull),
    ...withoutEmpty({ sslRootCertificate: environment.PGSSLROOTCERT }),
    ...server,
    ...withoutEmpty({ host }),
  };
}

function withPassword(role: Record<string, unknown>, passwords: Readonly<Record<string, string>>): Record<string, unknown> {
  const password = typeof role.name === "string" ? passwords[role.name] : undefined;
  return password === undefined ? role : { ...role, password };
}

function withoutEmpty(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ""));
}
