import {
  holdsDeferred,
  knownEntries,
  type PartlyKnown,
  type Problem,
  ProblemError,
  parseAgentConfig,
  resolveConnection,
  storeKindOf,
  withoutAbsent,
  withoutDeferred,
} from "@pgkeep/core";
import type { DumpCronJobArgs } from "./DumpCronJobArgs.js";
import { AUTHORITIES_FILE, AUTHORITIES_FOLDER } from "./dumpCronJobDefaults.js";

/** The agent's configuration as the arguments say it; some values may be Outputs. */
export function configurationTree(args: DumpCronJobArgs): PartlyKnown {
  const { server, tls = {}, store, dump = {}, signing, retention, objectives } = args;
  const mounted = tls.caSecret !== undefined || tls.caConfigMap !== undefined;
  const tree = withoutAbsent({
    version: 1,
    cluster: args.cluster,
    connection: {
      host: server.host,
      port: server.port,
      user: server.username,
      authentication: server.iamAuthentication === true ? "rds-iam" : undefined,
      awsRegion: server.awsRegion,
      sslmode: tls.mode,
      sslrootcert: mounted ? `${AUTHORITIES_FOLDER}/${AUTHORITIES_FILE}` : tls.authorities,
      maintenanceDatabase: server.maintenanceDatabase,
    },
    databases: args.databases,
    store,
    snapshot: { timeout: dump.snapshotTimeout, lockTimeout: dump.lockTimeout, fallback: dump.snapshotFallback },
    dump: { parallel: dump.parallel, compressionLevel: dump.compressionLevel, waive: dump.waive },
    encryption: { recipients: args.encryptionRecipients },
    signing: { publicKeys: signing?.publicKeys },
    objectives,
  }) as PartlyKnown;
  // A section in which nothing is said would keep nothing, and is refused: it must not be taken for none.
  return retention === undefined ? tree : { ...tree, retention: withoutAbsent(retention) ?? {} };
}

/** Where a setting of the configuration stands among the arguments; the longest name that fits. */
const ARGUMENTS: readonly (readonly [setting: string, argument: string])[] = [
  ["connection.user", "server.username"],
  ["connection.authentication", "server.iamAuthentication"],
  ["connection.sslmode", "tls.mode"],
  ["connection.sslrootcert", "tls.authorities"],
  ["connection", "server"],
  ["snapshot.timeout", "dump.snapshotTimeout"],
  ["snapshot.fallback", "dump.snapshotFallback"],
  ["snapshot", "dump"],
  ["encryption.recipients", "encryptionRecipients"],
];

/** What the agent would refuse, now: by its own schema, and by what it makes of the connection. Paths are those of the arguments. */
export function configurationProblems(tree: unknown): Problem[] {
  try {
    const { connection, store } = parseAgentConfig(tree);
    // A ServiceAccount with a role brings its Region along.
    resolveConnection(connection, { AWS_REGION: "eu-central-1" }, {}, "agent");
    return storeKindOf(store.url) === "file" ? [folderProblem(store.url)] : [];
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return error.problems.map((problem) => ({
      ...problem,
      where: argumentOf(problem.where),
      ...(problem.next === undefined ? {} : { next: problem.next.replace(/\b(?:connection|snapshot|encryption)\.\w+/g, argumentOf) }),
    }));
  }
}

function folderProblem(url: string): Problem {
  return {
    where: "store.url",
    received: url,
    allowed: "s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or azblob://CONTAINER/PREFIX",
    reason: "a folder of a Pod is gone with it, and one of a node or a volume goes with the databases",
  };
}

function argumentOf(setting: string): string {
  const [from, to] = ARGUMENTS.find(([name]) => setting === name || setting.startsWith(`${name}.`) || setting.startsWith(`${name}[`)) ?? [
    "",
    "",
  ];
  return `${to}${setting.slice(from.length)}`;
}

/** What of a configuration is known before the deployment, with something harmless in place of the rest, so that it can be judged. */
export function knownConfiguration(tree: PartlyKnown): PartlyKnown {
  const { retention, ...others } = tree;
  const known = withoutAbsent(withoutDeferred(others)) as PartlyKnown;
  const judged = withoutAbsent({
    ...known,
    cluster: known.cluster ?? "placeholder",
    databases: knownEntries(tree.databases) ?? ["placeholder"],
    connection: { host: "placeholder.example.org", ...(known.connection as object | undefined) },
    // Which settings a store has depends on its kind.
    store: (known.store as { url?: unknown } | undefined)?.url === undefined ? { url: "s3://placeholder" } : known.store,
    encryption: { recipients: knownEntries((tree.encryption as { recipients?: unknown } | undefined)?.recipients) },
  }) as PartlyKnown;
  return retention === undefined || holdsDeferred(retention) ? judged : { ...judged, retention };
}
