import { isDeferred, type Problem, ProblemError, parseAgentConfig, resolveConnection } from "@pgkeep/core";
import type { ScheduledDumpArgs } from "./ScheduledDumpArgs.js";

/** A configuration of the agent, of which some values may be Outputs. What is left out of the arguments is left out here. */
export interface ConfigurationTree {
  [name: string]: unknown;
}

/** The agent's configuration as the arguments say it. */
export function configurationTree(args: ScheduledDumpArgs): ConfigurationTree {
  const { server, store, dump = {}, signing, retention, objectives } = args;
  const tree = withoutNothing({
    version: 1,
    cluster: args.cluster,
    connection: {
      host: server.host,
      port: server.port,
      user: server.username,
      authentication: server.iamAuthentication === true ? "rds-iam" : undefined,
      sslmode: server.sslMode,
      sslrootcert: server.sslRootCertificate,
      maintenanceDatabase: server.maintenanceDatabase,
    },
    databases: args.databases,
    store: { url: store.url, region: store.region },
    snapshot: { timeout: dump.snapshotTimeout, lockTimeout: dump.lockTimeout, fallback: dump.snapshotFallback },
    dump: { parallel: dump.parallel, compressionLevel: dump.compressionLevel, waive: dump.waive },
    encryption: { recipients: args.encryptionRecipients },
    signing: { publicKeys: signing?.publicKeys },
    objectives,
  }) as ConfigurationTree;
  // A section in which nothing is said would keep nothing, and is refused: it must not be taken for none.
  return retention === undefined ? tree : { ...tree, retention: withoutNothing(retention) ?? {} };
}

/** Where a setting of the configuration stands among the arguments; the longest name that fits. */
const ARGUMENTS: readonly (readonly [setting: string, argument: string])[] = [
  ["connection.user", "server.username"],
  ["connection.authentication", "server.iamAuthentication"],
  ["connection.sslmode", "server.sslMode"],
  ["connection.sslrootcert", "server.sslRootCertificate"],
  ["connection", "server"],
  ["snapshot.timeout", "dump.snapshotTimeout"],
  ["snapshot.fallback", "dump.snapshotFallback"],
  ["snapshot", "dump"],
  ["encryption.recipients", "encryptionRecipients"],
];

/** What the agent would refuse, now: by its own schema, and by what it makes of the connection. Paths are those of the arguments. */
export function configurationProblems(tree: unknown): Problem[] {
  try {
    const { connection } = parseAgentConfig(tree);
    // ECS sets AWS_REGION in every container.
    resolveConnection(connection, { AWS_REGION: "eu-central-1" }, {}, "agent");
    return [];
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return error.problems.map((problem) => ({
      ...problem,
      where: argumentOf(problem.where),
      ...(problem.next === undefined ? {} : { next: problem.next.replace(/\b(?:connection|snapshot|encryption)\.\w+/g, argumentOf) }),
    }));
  }
}

function argumentOf(setting: string): string {
  const [from, to] = ARGUMENTS.find(([name]) => setting === name || setting.startsWith(`${name}.`) || setting.startsWith(`${name}[`)) ?? [
    "",
    "",
  ];
  return `${to}${setting.slice(from.length)}`;
}

/** What of a configuration is known before the deployment, with something harmless in place of the rest, so that it can be judged. */
export function knownConfiguration(tree: ConfigurationTree): ConfigurationTree {
  const { retention, ...others } = tree;
  const known = withoutNothing(withoutDeferred(others)) as ConfigurationTree;
  const judged = withoutNothing({
    ...known,
    cluster: known.cluster ?? "placeholder",
    databases: knownList(tree.databases) ?? ["placeholder"],
    connection: { host: "placeholder.example.org", ...(known.connection as object | undefined) },
    store: { url: "s3://placeholder", ...(known.store as object | undefined) },
    encryption: { recipients: knownList((tree.encryption as { recipients?: unknown } | undefined)?.recipients) },
  }) as ConfigurationTree;
  return retention === undefined || holdsDeferred(retention) ? judged : { ...judged, retention };
}

/** The entries that are known. Undefined where none is, and another than the empty list, which is one that was given. */
function knownList(value: unknown): unknown[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const known = value.filter((entry) => !isDeferred(entry));
  return known.length === 0 && value.length > 0 ? undefined : known;
}

function holdsDeferred(value: unknown): boolean {
  if (isDeferred(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsDeferred);
}

function withoutDeferred(value: unknown): unknown {
  if (isDeferred(value)) return undefined;
  if (Array.isArray(value)) return value.filter((entry) => !isDeferred(entry));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutDeferred(inner)]));
}

/** Without what was not given, and without sections in which nothing was. */
function withoutNothing(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value) || isDeferred(value)) return value;
  const entries = Object.entries(value).flatMap(([name, inner]) => {
    const kept = withoutNothing(inner);
    return kept === undefined ? [] : [[name, kept] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
