import { z } from "zod";
import { durationSchema } from "./duration.js";

/** Version of the configuration that this release writes. It accepts this one and the one before, and refuses newer. */
export const CONFIG_VERSION = 1;

export enum SnapshotFallback {
  /** Stop: nothing is committed that is not of one instant. */
  Fail = "fail",
  /** Block writers for a moment with SHARE locks on every table; needs a role that may. */
  Lock = "lock",
  /** Pause replay on a hot standby and resume it afterwards whatever happens; needs a role that may. */
  PauseStandby = "pause-standby",
}

const connectionSchema = z
  .strictObject({
    uri: z
      .string()
      .optional()
      .describe("libpq URI without a password, for example postgresql://backup@db.example.org/postgres. Fields beside it win over it."),
    host: z.string().optional().describe("Host name, address or socket folder. Defaults to PGHOST, then to localhost."),
    port: z.number().int().min(1).max(65535).optional().describe("Defaults to PGPORT, then to 5432."),
    user: z.string().optional().describe("Defaults to PGUSER, then to the name of the operating system's user."),
    passwordFile: z
      .string()
      .optional()
      .describe("File that holds only the password. Otherwise PGPASSWORD, PGPASSWORD_FILE or a libpq password file (PGPASSFILE)."),
    sslmode: z
      .enum(["disable", "require", "verify-ca", "verify-full"])
      .optional()
      .describe("Defaults to PGSSLMODE, then to verify-full; to disable for loopback addresses and sockets."),
    sslrootcert: z.string().optional().describe("File of trusted authorities, or `system`. Defaults to PGSSLROOTCERT, then to `system`."),
    sslcert: z.string().optional().describe("Client certificate. Defaults to PGSSLCERT."),
    sslkey: z.string().optional().describe("Key of the client certificate. Defaults to PGSSLKEY."),
    maintenanceDatabase: z
      .string()
      .default("postgres")
      .describe("Database to connect to for what concerns the whole cluster. Defaults to `postgres`."),
    connectTimeout: durationSchema("10s").describe("How long one attempt to connect may take. Defaults to 10s."),
    retryFor: durationSchema("60s").describe(
      "How long attempts to connect go on while the server is unreachable or starting. Defaults to 60s.",
    ),
  })
  .describe("How to reach the PostgreSQL server.");

/** The agent's configuration, `pgkeep.yaml`. Components render it, the agent parses it: one schema for both. */
export const agentConfigSchema = z.strictObject({
  version: z.literal(CONFIG_VERSION).describe("Version of this configuration's format: 1."),
  cluster: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)
    .describe(
      "Name of the PostgreSQL cluster in the store: lower-case letters, digits and hyphens, at most 63. Changing it begins a new history; the old one stays.",
    ),
  connection: connectionSchema.prefault({}),
  databases: z
    .array(z.string().min(1).max(63))
    .min(1)
    .describe("Databases that belong together: every recovery point holds all of them at one instant."),
  store: z
    .strictObject({
      url: z.string().describe("file:///absolute/folder or s3://bucket/prefix."),
      endpoint: z.url().optional().describe("S3: address of a server that is not AWS."),
      region: z.string().optional().describe("S3: defaults to AWS_REGION, then to us-east-1."),
      forcePathStyle: z
        .boolean()
        .default(false)
        .describe("S3: put the bucket in the path instead of the host name, as many S3 servers need. Defaults to false."),
      checksums: z
        .enum(["when_supported", "when_required"])
        .default("when_supported")
        .describe("S3: when_required for servers that refuse the newer checksum headers. Defaults to when_supported."),
    })
    .describe("Where recovery points live. Credentials come from the environment or its files, never from here."),
  snapshot: z
    .strictObject({
      timeout: durationSchema("30s").describe("How long the agent tries to see all databases at one instant. Defaults to 30s."),
      lockTimeout: durationSchema("10s").describe("How long a lock on the tables is waited for in one attempt. Defaults to 10s."),
      fallback: z
        .enum(SnapshotFallback)
        .default(SnapshotFallback.Fail)
        .describe("What to do past the bound: fail (default), lock, or pause-standby."),
    })
    .prefault({}),
  dump: z
    .strictObject({
      parallel: z.number().int().min(1).max(64).default(2).describe("Databases dumped at the same time. Defaults to 2."),
      compressionLevel: z.number().int().min(1).max(19).default(3).describe("zstd level. Defaults to 3; above 6 the dump slows down."),
      rolePasswords: z
        .boolean()
        .default(false)
        .describe(
          "Whether password verifiers are saved with the roles; needs a role that may read pg_authid. Defaults to false: a restore lists the roles left without a password.",
        ),
      waive: z
        .array(z.string())
        .default([])
        .describe(
          "What this role cannot dump and may be missing, by the name that the error gives, for example subscription:app or row-level-security:public.orders. Defaults to none.",
        ),
      programs: z
        .string()
        .optional()
        .describe("Folder of pg_dump and pg_restore. Defaults to the newest found on PATH and in the usual folders."),
    })
    .prefault({}),
  files: z
    .strictObject({
      root: z.string().describe("Absolute folder that all paths are relative to and none may leave."),
      paths: z.array(z.string().min(1)).min(1).describe("Files and folders below the root, for example .env."),
    })
    .optional()
    .describe("Files that belong to the databases, saved with them in every recovery point."),
  encryption: z
    .strictObject({
      recipients: z
        .array(z.string().startsWith("age1"))
        .min(1)
        .describe("age public keys; each of their identities alone can decrypt. Name an escrow key too."),
      identityFile: z
        .string()
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
        .optional()
        .describe(
          "PEM file with an ed25519 private key; manifests are signed with it. Otherwise PGKEEP_SIGNING_KEY or PGKEEP_SIGNING_KEY_FILE.",
        ),
      publicKeys: z
        .array(z.string())
        .default([])
        .describe(
          "ed25519 public keys (base64 of the raw 32 bytes). Where any is given, manifests without a valid signature of one of them are refused.",
        ),
    })
    .optional(),
  drill: z
    .strictObject({
      connection: connectionSchema
        .optional()
        .describe("Scratch server to drill on. Absent: the agent starts one of its own, without a network."),
      programs: z
        .string()
        .optional()
        .describe(
          "Folder of initdb and postgres for the agent's own scratch server. Defaults to the source's major version in the usual folders, else the newest.",
        ),
      workFolder: z.string().optional().describe("Where the scratch server keeps its data. Defaults to the system's temporary folder."),
    })
    .prefault({}),
});

export type AgentConfig = z.infer<typeof agentConfigSchema>;
export type ConnectionConfig = z.infer<typeof connectionSchema>;
