import {
  knownDumpConfiguration,
  type PartlyKnown,
  type Problem,
  parseAgentConfig,
  problemsOfArguments,
  resolveConnection,
  type SettingArguments,
  withoutAbsent,
} from "@pgkeep/core";
import type { ScheduledDumpArgs } from "./ScheduledDumpArgs.js";

/** The agent's configuration as the arguments say it. */
export function configurationTree(args: ScheduledDumpArgs): PartlyKnown {
  const { server, store, dump = {}, signing, retention, objectives } = args;
  const tree = withoutAbsent({
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
  }) as PartlyKnown;
  // A section in which nothing is said would keep nothing, and is refused: it must not be taken for none.
  return retention === undefined ? tree : { ...tree, retention: withoutAbsent(retention) ?? {} };
}

/** Where a setting of the configuration stands among the arguments; the longest name that fits. */
const ARGUMENTS: SettingArguments = [
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
  return problemsOfArguments(ARGUMENTS, () => {
    const { connection } = parseAgentConfig(tree);
    // ECS sets AWS_REGION in every container.
    resolveConnection(connection, { AWS_REGION: "eu-central-1" }, {}, "agent");
    return [];
  });
}

/** What of a configuration can be judged before the deployment. */
export function knownConfiguration(tree: PartlyKnown): PartlyKnown {
  return knownDumpConfiguration(tree, (store) => ({ url: "s3://placeholder", ...store }));
}
