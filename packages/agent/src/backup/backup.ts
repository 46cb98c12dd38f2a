import type { KeyObject } from "node:crypto";
import {
  type AgentConfig,
  type Connection,
  formatRecoveryPointId,
  MANIFEST_VERSION,
  type Manifest,
  type StoreLayout,
  storeLayout,
} from "@pgkeep/core";
import type { GivenVersion } from "../application/applicationEnvironment.js";
import { applicationRecord } from "../application/applicationRecord.js";
import { readVersion } from "../application/readVersion.js";
import type { RunIdentity } from "../configuration/runIdentity.js";
import { commitManifest } from "../manifest/commitManifest.js";
import { readManifestIfAny } from "../manifest/readManifest.js";
import { sealManifest } from "../manifest/seal.js";
import { nearestPrograms } from "../postgresql/nearestPrograms.js";
import { type AuditOutcome, audited } from "../records/audited.js";
import type { Reporter } from "../reporter.js";
import { classOfRun, warnOfLongRun } from "../retention/classOfRun.js";
import { taggedStore } from "../retention/taggedStore.js";
import type { HeldSnapshot } from "../snapshot/HeldSnapshot.js";
import { assertCreateOnly } from "../store/assertCreateOnly.js";
import { folderPrivacyProblems } from "../store/folderPrivacy.js";
import type { Store } from "../store/Store.js";
import { agentVersion } from "../version.js";
import { type AnomalyVerdict, anomalyVerdictOf, passAnomalyGate } from "./anomalyGate.js";
import type { BackupContext } from "./BackupContext.js";
import { dumpDatabase } from "./dumpDatabase.js";
import { type FrozenInstant, freezeInstant } from "./freezeInstant.js";
import { beginAttempt } from "./heartbeat.js";
import { inParallel } from "./inParallel.js";
import { type BeforeRequest, pinAhead } from "./pinAhead.js";
import { saveFiles } from "./saveFiles.js";
import { saveGlobals } from "./saveGlobals.js";
import { assertNoStandingRemoval } from "./standingRemoval.js";
import { stopwatch } from "./stopwatch.js";
import { surveyServer } from "./surveyServer.js";

export interface BackupOptions {
  config: AgentConfig;
  connection: Connection;
  store: Store;
  /** The run's slot, its own short name and the name of this attempt at it. */
  identity: RunIdentity;
  signingKey?: KeyObject;
  /** What the environment says about the application. Defaults to nothing. */
  application?: GivenVersion;
  /** Marks and pins a recovery point that is taken before something that may go wrong. */
  before?: BeforeRequest;
  /** Who takes it, for the audit trail. Default: the account and the host that this process runs on. */
  by?: string;
  reporter: Reporter;
  /** Aborts the run: nothing is committed. */
  signal?: AbortSignal;
}

export interface BackupResult {
  manifest: Manifest;
  /** True when an earlier attempt of the same run had committed already and this one had nothing to do. */
  committedBefore: boolean;
  /** Where it found something, the recovery point is committed all the same, and marked as suspicious. */
  anomaly: AnomalyVerdict;
}

/**
 * Takes one recovery point: all databases at one instant, the cluster's roles, the configured files. The manifest is written last; a run
 * that dies earlier, at any moment, leaves objects but no recovery point. What became of it is told in the audit trail.
 */
export async function runBackup(options: BackupOptions): Promise<BackupResult> {
  const { config, store, identity, reporter, by } = options;
  const layout = storeLayout(config.cluster);
  const id = formatRecoveryPointId(identity);
  return await audited({ store, layout, reporter, by }, "backup", id, () => takeRecoveryPoint(options, layout, id), auditOutcome);
}

function auditOutcome({ manifest, committedBefore, anomaly }: BackupResult): AuditOutcome {
  return {
    result: anomaly.findings.length > 0 ? "suspicious" : "done",
    details: [
      `databases ${manifest.databases.map(({ name }) => name).join(", ")}`,
      ...(committedBefore ? ["committed by an earlier attempt of the same run"] : []),
      ...anomaly.findings.map(({ reason }) => reason),
    ],
  };
}

async function takeRecoveryPoint(options: BackupOptions, layout: StoreLayout, id: string): Promise<BackupResult> {
  const { config, connection, identity, reporter } = options;
  const clock = stopwatch();

  await assertNoStandingRemoval(options.store, layout, id);
  const existing = await readManifestIfAny(options.store, layout, id, config.signing?.publicKeys ?? []);
  if (existing) {
    if (options.before && existing.before !== options.before.what) {
      reporter.warning(`an earlier attempt committed ${id} without --before ${options.before.what}; \`pgkeep pin ${id}\` pins it`);
    }
    return { manifest: existing, committedBefore: true, anomaly: await anomalyVerdictOf(options.store, layout, id) };
  }

  const beganAt = new Date();
  const server = await surveyServer(config, connection, reporter, options.signal);
  const programs = await nearestPrograms(["pg_dump"], server.major, config.dump.programs);
  const version = await readVersion(config.application, options.application ?? { images: [] });
  reporter.info(`recovery point ${id} of ${config.cluster}: PostgreSQL ${server.version}, pg_dump ${programs.versionText}`, { id });
  clock.lap("connect");

  const attemptPrefix = layout.attempt(id, identity.attempt);
  const retentionClass = await classOfRun({ config, store: options.store, layout, slot: identity.slot, reporter });
  if (retentionClass) reporter.info(`retention class ${retentionClass}: S3 expires it by that tag`, { retentionClass });
  const store = retentionClass ? taggedStore(options.store, layout, id, retentionClass) : options.store;
  const heartbeat = await beginAttempt(store, layout, id, identity.attempt, reporter);
  const failure = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failure.signal]) : failure.signal;
  const context: BackupContext = {
    config,
    connection,
    programs,
    store,
    reporter,
    signal,
    abort: (reason) => failure.abort(reason),
    attemptPrefix,
  };
  try {
    await assertCreateOnly(store, `${attemptPrefix}begin.json`);
    await server.compareClocks(await store.clock(attemptPrefix));
    // Whatever keeps it from being seen is no reason to be without a backup.
    const open = await folderPrivacyProblems(config).catch(() => []);
    for (const { received, reason, next } of open) reporter.warning(`${received}: ${reason}; ${next}`);
    const instant = await freezeInstant(context);
    clock.lap("freeze");
    const { snapshot } = instant;
    reporter.info(describeInstant(snapshot), { snapshot: snapshot.proof });
    for (const unread of [...version.unread, ...(instant.facts.migrations?.unread ?? [])]) reporter.warning(unread);
    const saved = await guarded(snapshot, context, () => saveEverything(context, instant)).finally(() => snapshot.release());
    clock.lap("dump");
    signal.throwIfAborted();
    const application = applicationRecord(version, instant.facts.migrations);
    const manifest = sealManifest(
      {
        formatVersion: MANIFEST_VERSION,
        id,
        attempt: identity.attempt,
        cluster: config.cluster,
        beganAt: beganAt.toISOString(),
        committedAt: new Date().toISOString(),
        agent: { version: agentVersion, pgDumpVersion: programs.versionText },
        server: server.record,
        snapshot: snapshot.proof,
        ...saved,
        application,
        before: options.before?.what ?? null,
        ...(retentionClass ? { retentionClass } : {}),
        timings: clock.laps,
      },
      options.signingKey,
    );
    const anomaly = await passAnomalyGate(store, layout, config, manifest, reporter);
    if (options.before) {
      if (retentionClass) reporter.warning(`S3 enforces retention and knows no pins: ${id} goes with its class, ${retentionClass}`, { id });
      await pinAhead(store, layout, id, options.before);
    }
    await heartbeat.assertAlive(false);
    signal.throwIfAborted();
    await commitManifest(store, layout, manifest);
    if (retentionClass) warnOfLongRun(beganAt, reporter);
    await heartbeat.assertAlive(true);
    return { manifest, committedBefore: false, anomaly };
  } catch (error) {
    // An interrupted child or upload throws its own AbortError: the caller's reason says more.
    throw options.signal?.aborted ? options.signal.reason : error;
  } finally {
    await heartbeat.stop();
  }
}

type Saved = Pick<Manifest, "databases" | "globals" | "files" | "waived" | "warnings">;

async function saveEverything(context: BackupContext, { snapshot, facts, databases }: FrozenInstant): Promise<Saved> {
  const { config, reporter } = context;
  const [first] = databases;
  if (!first) throw new Error("a snapshot of no database was held");
  for (const warning of facts.warnings) reporter.warning(warning);
  const globals = await saveGlobals(context, first.held);
  const files = await saveFiles(context);
  const dumped = await inParallel(databases, config.dump.parallel, (database) => dumpDatabase(context, database), context.abort);
  // A standby that replayed anything meanwhile has no one instant: noticed before the commit.
  await snapshot.assertStillHeld();
  return {
    databases: dumped.map(({ record }) => record),
    globals,
    files,
    waived: facts.waived,
    warnings: dumped.flatMap(({ record, warnings }) => warnings.map((warning) => `${record.name}: ${warning}`)),
  };
}

/** Runs work while the snapshot is held; the loss of a holder, like any failure, aborts all that is under way. */
async function guarded<Result>(held: HeldSnapshot, context: BackupContext, work: () => Promise<Result>): Promise<Result> {
  const working = work();
  try {
    return await Promise.race([working, held.lost]);
  } catch (error) {
    context.abort(error);
    await working.catch(() => undefined);
    throw error;
  }
}

function describeInstant({ proof, databases }: HeldSnapshot): string {
  const count = databases.length === 1 ? "1 database" : `${databases.length} databases`;
  return `${count} at one instant: snapshot ${proof.text} (${proof.method}, ${proof.tries === 1 ? "1 try" : `${proof.tries} tries`}, ${Math.round(proof.milliseconds)} ms)`;
}
