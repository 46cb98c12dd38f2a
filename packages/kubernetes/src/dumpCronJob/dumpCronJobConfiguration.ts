import {
  knownDumpConfiguration,
  type PartlyKnown,
  type Problem,
  parseAgentConfig,
  problemsOfArguments,
  resolveConnection,
  type SettingArguments,
  storeKindOf,
  withoutAbsent,
} from "@pgkeep/core";
import { AUTHORITIES_FILE, AUTHORITIES_FOLDER } from "../agentPod/agentPodDefaults.js";
import type { DumpCronJobArgs } from "./DumpCronJobArgs.js";

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
const ARGUMENTS: SettingArguments = [
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
  return problemsOfArguments(ARGUMENTS, () => {
    const { connection, store } = parseAgentConfig(tree);
    // A ServiceAccount with a role brings its Region along.
    resolveConnection(connection, { AWS_REGION: "eu-central-1" }, {}, "agent");
    return storeKindOf(store.url) === "file" ? [folderProblem(store.url)] : [];
  });
}

function folderProblem(url: string): Problem {
  return {
    where: "store.url",
    received: url,
    allowed: "s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or azblob://CONTAINER/PREFIX",
    reason: "a folder of a Pod is gone with it, and one of a node or a volume goes with the databases",
  };
}

/** What of a configuration can be judged before the deployment. */
export function knownConfiguration(tree: PartlyKnown): PartlyKnown {
  // Which settings a store has depends on its kind.
  return knownDumpConfiguration(tree, (store) => (store !== undefined && "url" in store ? store : { url: "s3://placeholder" }));
}
