import { z } from "zod";
import { ageRecipientProblem } from "./ageRecipient.js";
import { anomalySchema } from "./anomaly/anomalyConfig.js";
import { applicationConfigSchema, assertQueriedDatabases } from "./applicationConfig.js";
import { byteLength } from "./byteLength.js";
import { connectionSchema } from "./connectionConfig.js";
import { assertCopiesElsewhere, copiesSchema } from "./copiesConfig.js";
import { durationSchema } from "./duration.js";
import { filePathProblem } from "./filePath.js";
import { notifySchema } from "./notifyConfig.js";
import { objectivesSchema } from "./objectivesConfig.js";
import { publicKeyProblem } from "./publicKey.js";
import { refuse } from "./refuse.js";
import { assertLifecycleOfBucket } from "./retention/lifecycleOfBucket.js";
import { retentionSchema } from "./retention/retentionConfig.js";
import { assertScheduledJobs, scheduleSchema } from "./scheduleConfig.js";
import { storeSchema } from "./storeConfig.js";
import { uniqueList } from "./uniqueList.js";

/** Version of the configuration that this release writes. It accepts this one and the one before, and refuses newer. */
export const CONFIG_VERSION = 1;

/** What a run does when it saw no common instant within `snapshot.timeout`. */
export enum SnapshotFallback {
  /** Stop: nothing is committed that is not of one instant. */
  Fail = "fail",
  /** Block writers for a moment with SHARE locks on every table; needs a role that may. */
  Lock = "lock",
  /** Pause replay on a hot standby and resume it afterwards whatever happens; needs a role that may. */
  PauseStandby = "pause-standby",
}

/** NAMEDATALEN - 1: PostgreSQL cuts longer names without an error, so a longer one would mean another database. */
const MOST_NAME_BYTES = 63;

const databaseNameSchema = z
  .string()
  .min(1)
  .superRefine((name, context) => {
    const bytes = byteLength(name);
    if (bytes > MOST_NAME_BYTES) {
      refuse(context, {
        reason: `this name has ${bytes} bytes in UTF-8; PostgreSQL cuts names after ${MOST_NAME_BYTES} bytes without an error, so it would mean another database`,
        allowed: `a name of at most ${MOST_NAME_BYTES} bytes (a character outside ASCII takes 2 to 4)`,
      });
    }
    if (name.includes("\0")) refuse(context, { reason: "no name in PostgreSQL holds a NUL character" });
  });

const recipientSchema = z.string().superRefine((text, context) => {
  const reason = ageRecipientProblem(text);
  // Shown only when it begins like a public key: anything else may be a passphrase or a private key.
  if (reason !== undefined) {
    refuse(context, {
      reason,
      hidden: !text.startsWith("age1"),
      allowed: "an age public key: age1 and 58 more characters, as `age-keygen -y IDENTITY-FILE` prints it",
    });
  }
});

const publicKeySchema = z.string().superRefine((text, context) => {
  const problem = publicKeyProblem(text);
  if (problem) refuse(context, { ...problem, allowed: "44 characters, as `pgkeep init` prints them", hidden: true });
});

/** The configured form of a path below `files.root`. */
const filePathSchema = z
  .string()
  .min(1)
  .superRefine((path, context) => {
    const reason = filePathProblem(path);
    if (reason !== undefined) refuse(context, { reason, allowed: "a path below the root, for example .env" });
  });

/** PGHOST and its kind name the source: without a host of its own, the drill would restore into the very server that is backed up. */
const drillConnectionSchema = connectionSchema.superRefine(({ uri, host }, context) => {
  if (uri === undefined && host === undefined) {
    refuse(context, {
      reason: "it names no host, and the default (PGHOST) is the server that is backed up",
      next: "write drill.connection.host or drill.connection.uri, or remove drill.connection: the agent then starts a scratch server of its own",
    });
  }
});

const settingsSchema = z.strictObject({
  version: z.literal(CONFIG_VERSION).describe("Version of this configuration's format: 1."),
  cluster: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, {
      error: "this cannot name a cluster: it becomes a folder of the store and part of other names",
    })
    .describe(
      "Name of the PostgreSQL cluster in the store: lower-case letters, digits and hyphens, at most 63. Changing it begins a new history; the old one stays.",
    ),
  connection: connectionSchema.prefault({}),
  databases: z
    .array(databaseNameSchema)
    .min(1)
    .superRefine(uniqueList("a recovery point holds each database once"))
    .describe("Databases that belong together: every recovery point holds all of them at one instant."),
  store: storeSchema,
  snapshot: z
    .strictObject({
      timeout: durationSchema("30s").describe("How long the agent tries to see all databases at one instant. Defaults to 30s."),
      lockTimeout: durationSchema("10s", { least: "1ms", reason: "PostgreSQL reads a zero lock_timeout as forever" }).describe(
        "How long a lock on the tables is waited for in one attempt. Defaults to 10s.",
      ),
      fallback: z
        .enum(SnapshotFallback)
        .default(SnapshotFallback.Fail)
        .describe("What to do past the bound: fail (default), lock, or pause-standby."),
    })
    .prefault({})
    .describe("How the agent sees all databases at one instant."),
  dump: z
    .strictObject({
      parallel: z.int().min(1).max(64).default(2).describe("Databases dumped at the same time. Defaults to 2."),
      compressionLevel: z.int().min(1).max(19).default(3).describe("zstd level. Defaults to 3; above 6 the dump slows down."),
      rolePasswords: z
        .boolean()
        .default(false)
        .describe(
          "Whether password verifiers are saved with the roles; needs a role that may read pg_authid. Defaults to false: a restore lists the roles left without a password.",
        ),
      waive: z
        .array(z.string().regex(/^[a-z][a-z-]*(:.+)?$/s, { error: "this is no name of a waiver: copy it from the error that gave it" }))
        .superRefine(uniqueList("one waiver is enough"))
        .default([])
        .describe(
          "What this role cannot dump and may be missing, by the name that the error gives, for example subscription:app or row-level-security:public.orders. Defaults to none.",
        ),
      programs: z
        .string()
        .min(1)
        .optional()
        .describe("Folder of pg_dump and pg_restore. Defaults to the newest found on PATH and in the usual folders."),
    })
    .prefault({})
    .describe("How the databases are dumped."),
  files: z
    .strictObject({
      root: z
        .string()
        .regex(/^\//, { error: "the root must be absolute: a relative one would move with the working folder" })
        .describe("Absolute folder that all paths are relative to and none may leave."),
      paths: z
        .array(filePathSchema)
        .min(1)
        .superRefine(uniqueList("a recovery point holds each file once"))
        .describe("Files and folders below the root, for example .env."),
    })
    .optional()
    .describe("Files that belong to the databases, saved with them in every recovery point."),
  encryption: z
    .strictObject({
      recipients: z
        .array(recipientSchema)
        .min(1)
        .superRefine(uniqueList("an escrow key must be another key than the daily one"))
        .describe("age public keys; each of their identities alone can decrypt. Name an escrow key too."),
      identityFile: z
        .string()
        .min(1)
        .optional()
        .describe(
          "File with an age identity, for restore and drill. Otherwise PGKEEP_IDENTITY or PGKEEP_IDENTITY_FILE. A backup needs none.",
        ),
    })
    .optional()
    .describe(
      "Encrypts every object before it leaves the agent. Absent: objects are as readable as the store. A change applies to later recovery points.",
    ),
  signing: z
    .strictObject({
      privateKeyFile: z
        .string()
        .min(1)
        .optional()
        .describe(
          "PEM file with an ed25519 private key; manifests are signed with it. Otherwise PGKEEP_SIGNING_KEY or PGKEEP_SIGNING_KEY_FILE.",
        ),
      publicKeys: z
        .array(publicKeySchema)
        .superRefine(uniqueList("one mention is enough"))
        .default([])
        .describe(
          "ed25519 public keys (base64 of the raw 32 bytes). Where any is given, manifests without a valid signature of one of them are refused.",
        ),
    })
    .optional()
    .describe("Signs manifests, so that an edited one is noticed."),
  anomaly: anomalySchema.prefault({}),
  retention: retentionSchema.optional(),
  copies: copiesSchema.optional(),
  drill: z
    .strictObject({
      connection: drillConnectionSchema
        .optional()
        .describe("Scratch server to drill on. Absent: the agent starts one of its own, without a network."),
      programs: z
        .string()
        .min(1)
        .optional()
        .describe(
          "Folder of initdb and postgres for the agent's own scratch server. Defaults to the source's major version in the usual folders, else the newest.",
        ),
      workFolder: z
        .string()
        .min(1)
        .optional()
        .describe("Where the scratch server keeps its data. Defaults to the system's temporary folder."),
      major: z
        .int()
        .min(14)
        .max(18)
        .optional()
        .describe(
          "Major version that both the recovery point's server and the scratch server must have; with another one a drill is COULD_NOT_VERIFY. Defaults to the source's, or a newer one where that is not there.",
        ),
      disposable: z
        .boolean()
        .optional()
        .describe(
          "Whether the server of drill.connection exists for one drill alone and goes with all it holds. Roles are restored there too, so that everything can be proven. It must be empty, and drill.connection.user its first superuser. Defaults to false.",
        ),
    })
    .superRefine(({ connection, disposable }, context) => {
      if (disposable && connection === undefined) {
        const next = "name the server in drill.connection, or remove this: a scratch server of the agent's own is always so";
        refuse(context, { reason: "no server is named that it could be said of", next }, ["disposable"]);
      }
    })
    .prefault({})
    .describe("How a drill restores into scratch space."),
  application: applicationConfigSchema,
  objectives: objectivesSchema,
  notify: notifySchema,
  schedule: scheduleSchema.optional().describe("When `pgkeep schedule` runs what. Absent: nothing is run by schedule."),
});

/** The agent's configuration, `pgkeep.yaml`. Components render it, the agent parses it: one schema for both. */
export const agentConfigSchema = settingsSchema
  .superRefine(assertQueriedDatabases)
  .superRefine(assertCopiesElsewhere)
  .superRefine(assertScheduledJobs)
  .superRefine(assertLifecycleOfBucket);

/** The configuration with every default in place; durations are milliseconds. */
export type AgentConfig = z.infer<typeof agentConfigSchema>;
/** The configuration as it is written: defaults may be left out, durations are text. */
export type AgentConfigInput = z.input<typeof agentConfigSchema>;
