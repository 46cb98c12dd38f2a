import { type AgentConfig, ExitCode, type ExtensionRecord, overallVerdict, storeLayout, Verdict } from "@pgkeep/core";
import { chooseStore } from "../configuration/chooseStore.js";
import type { ConfigurationPlace } from "../configuration/configurationFile.js";
import { loadConfigurationFile } from "../configuration/loadConfiguration.js";
import type { Reporter } from "../reporter.js";
import { isEnforcedByLifecycle } from "../retention/enforcedBy.js";
import { isFolder } from "../store/folderPrivacy.js";
import { openStore } from "../store/openStore.js";
import { checkApplication } from "./checkApplication.js";
import { checkDrill } from "./checkDrill.js";
import { checkFiles } from "./checkFiles.js";
import { checkInstant } from "./checkInstant.js";
import { checkLifecycle } from "./checkLifecycle.js";
import { checkNotifications } from "./checkNotifications.js";
import { checkDrillRoom, checkStoreRoom } from "./checkRoom.js";
import { checkEncryption, checkSecrets, checkSigning } from "./checkSecrets.js";
import { checkConnection, checkContents, checkDatabases, checkPrograms, checkRoles } from "./checkServer.js";
import { checkClocks, checkStore, checkStoreWrites, doctorKey } from "./checkStore.js";
import { checkStorePrivacy } from "./checkStorePrivacy.js";
import { type Diagnosis, diagnose, notExamined } from "./Diagnosis.js";
import { databaseSizes } from "./databaseSizes.js";
import type { Examination, ExaminedDatabases, ExaminedServer } from "./Examination.js";

export interface DoctorOptions extends ConfigurationPlace {
  reporter: Reporter;
  signal: AbortSignal;
  /** Name of the copy whose store is examined instead. */
  copy?: string | undefined;
  /** Also sends a test of each kind of notification. */
  notify?: boolean;
}

export interface DoctorReport {
  verdict: Verdict;
  /** What the command ends with: that of the first check that failed, else of the first that could not be made. */
  exitCode: ExitCode;
  checks: Diagnosis[];
}

/**
 * Examines everything that a backup, a drill and a restore stand on. Every check is made whatever the others found; one that cannot be made
 * without another reads COULD_NOT_VERIFY, never as passing. Nothing is changed but for one small record in the store.
 */
export async function runDoctor(options: DoctorOptions): Promise<DoctorReport> {
  const { reporter, signal } = options;
  let environment = options.env;
  let config: AgentConfig | undefined;
  const configuration = await diagnose("configuration", async () => {
    const loaded = await loadConfigurationFile(options);
    ({ config, environment } = chooseStore(loaded.config, options.copy, options.env));
    return [`${loaded.path}: cluster ${config.cluster}, databases ${config.databases.join(", ")}`];
  });
  if (!config) return report([configuration, notExamined("everything else", "without a configuration nothing else is known")]);
  const examination: Examination = { config, environment, reporter, signal };
  const secrets = [
    configuration,
    await step(examination, "secrets and keys", () => checkSecrets(examination)),
    await checkEncryption(examination),
    await checkSigning(examination),
    await checkFiles(examination),
    await checkApplication(examination),
  ];
  const [connection, server] = await checkConnection(examination);
  try {
    const [onServer, databases] = await step(examination, "the server and its databases", () => examineServer(examination, server));
    const inStore = await step(examination, "the store", () => examineStore(examination, server, databases));
    const drill = await step(examination, "whether a drill is possible", () => examineDrill(examination, server, databases));
    const told = options.notify ? await step(examination, "who is notified", () => checkNotifications(examination)) : [];
    signal.throwIfAborted();
    return report([...secrets, connection, ...onServer, ...inStore, ...drill, ...told]);
  } finally {
    await server?.session.end();
  }
}

function step<Result>({ reporter, signal }: Examination, what: string, work: () => Promise<Result>): Promise<Result> {
  signal.throwIfAborted();
  reporter.info(`looking at ${what}`);
  return work();
}

const NO_CONNECTION = "the server cannot be asked, see the check of the connection";

async function examineServer(
  examination: Examination,
  server: ExaminedServer | undefined,
): Promise<[checks: Diagnosis[], databases: ExaminedDatabases]> {
  const { config } = examination;
  const programs = await checkPrograms(examination, server?.server.major);
  const contentsOf = config.databases.map((name) => `contents of ${name}`);
  if (!server) {
    const names = ["databases", ...contentsOf, "roles", "one instant"];
    return [[programs, ...names.map((name) => notExamined(name, NO_CONNECTION))], { extensions: [], bytes: undefined }];
  }
  const extensions: ExtensionRecord[] = [];
  const databases = await checkDatabases(examination, server);
  const contents: Diagnosis[] = [];
  for (const name of config.databases) contents.push(await checkContents(examination, server, name, (found) => extensions.push(...found)));
  const roles = await checkRoles(examination, server);
  const instant = await checkInstant(examination, server);
  const bytes = await databaseSizes(server.session, config.databases);
  return [[programs, databases, ...contents, roles, instant], { extensions, bytes }];
}

async function examineStore(
  { config, environment, ...rest }: Examination,
  server: ExaminedServer | undefined,
  databases: ExaminedDatabases,
): Promise<Diagnosis[]> {
  const examination = { config, environment, ...rest };
  const layout = storeLayout(config.cluster);
  const store = await openStore(config.store, environment);
  try {
    const key = doctorKey(layout);
    let newestBytes: number | undefined;
    const reachable = await checkStore(store, layout, (bytes) => {
      newestBytes = bytes;
    });
    const writes = await checkStoreWrites(store, key);
    const wrote = writes.verdict === Verdict.Pass;
    const clocks = await checkClocks(wrote ? store : undefined, key, server);
    const needsRecord = "nothing could be written to the store, see the check of its writes";
    const privacy = wrote ? await checkStorePrivacy(examination, key) : notExamined("store privacy", needsRecord);
    if (isEnforcedByLifecycle(config)) return [reachable, writes, clocks, privacy, await checkLifecycle(examination, store, layout)];
    if (!isFolder(config.store)) return [reachable, writes, clocks, privacy];
    return [reachable, writes, clocks, privacy, await checkStoreRoom(examination, newestBytes, databases.bytes)];
  } finally {
    await store.close();
  }
}

async function examineDrill(
  examination: Examination,
  server: ExaminedServer | undefined,
  { extensions, bytes }: ExaminedDatabases,
): Promise<Diagnosis[]> {
  const drill = server ? await checkDrill(examination, server, extensions) : notExamined("drill", NO_CONNECTION);
  return examination.config.drill.connection ? [drill] : [drill, await checkDrillRoom(examination, bytes)];
}

function report(checks: Diagnosis[]): DoctorReport {
  const decisive = checks.find(({ verdict }) => verdict === Verdict.Fail) ?? checks.find(({ verdict }) => verdict !== Verdict.Pass);
  return { verdict: overallVerdict(checks), exitCode: decisive?.exitCode ?? ExitCode.Done, checks };
}
