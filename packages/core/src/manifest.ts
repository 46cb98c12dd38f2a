import { z } from "zod";
import { applicationSchema, BEFORE } from "./applicationRecord.js";
import { RetentionClass } from "./aws/retentionClass.js";

/** Version of the manifest's format that this release writes. Older ones are upgraded when read, newer ones are refused. */
export const MANIFEST_VERSION = 1;

const count = z.number().int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.iso.datetime();

/** An object in the store, as it lies there (compressed and perhaps encrypted). */
export const storedObjectSchema = z.strictObject({
  key: z.string().min(1).describe("Key below the store's prefix"),
  bytes: count.describe("Size of the object"),
  sha256: sha256.describe("Of the object's bytes"),
  codec: z.array(z.enum(["zstd", "age"])).describe("Transformations in the order they were applied"),
  plainBytes: count.describe("Size before any transformation"),
  plainSha256: sha256.describe("Of the bytes before any transformation"),
});

/** Rows of one table as COPY text under fixed session settings: how many, how long, and an order-free hash. Detects accidents, not forgery. */
export const digestSchema = z.strictObject({
  rows: count,
  bytes: count,
  hash: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .describe("Two sums modulo 2^64 of xxHash64 of each row, seeds 0 and 1, big-endian hex"),
});

export const tableSchema = z.strictObject({
  schema: z.string(),
  name: z.string(),
  columns: z.array(z.string()).describe("In the order of the dumped fields; generated columns are not dumped"),
  digest: digestSchema,
});

export const sequenceSchema = z.strictObject({ schema: z.string(), name: z.string(), value: z.string(), isCalled: z.boolean() });

export const extensionSchema = z.strictObject({ name: z.string(), version: z.string(), schema: z.string() });

export const settingSchema = z.strictObject({
  role: z.string().nullable().describe("The role it applies to, null for every role"),
  database: z.string().nullable().describe("The database it applies in, null for every database"),
  name: z.string(),
  value: z.string(),
});

/** Privileges, as PostgreSQL's own aclitem text would grant them, one entry per grantee and grantor. */
export const grantSchema = z.strictObject({
  grantee: z.string().nullable().describe("Null for PUBLIC"),
  grantor: z.string(),
  privilege: z.string(),
  grantable: z.boolean(),
});

export const databasePropertiesSchema = z.strictObject({
  owner: z.string(),
  encoding: z.string(),
  localeProvider: z.enum(["libc", "icu", "builtin"]),
  collate: z.string().nullable(),
  ctype: z.string().nullable(),
  locale: z.string().nullable().describe("Locale of the ICU or builtin provider"),
  icuRules: z.string().nullable(),
  tablespace: z.string(),
  connectionLimit: z.number().int(),
  isTemplate: z.boolean(),
  comment: z.string().nullable(),
  acl: z.array(grantSchema).nullable().describe("Null when the built-in default privileges apply"),
  settings: z.array(settingSchema),
  monetaryLocale: z.string().describe("lc_monetary while dumping; columns of type money are read back under it"),
});

export const databaseSchema = z.strictObject({
  name: z.string(),
  object: storedObjectSchema,
  archiveVersion: z.string().describe("Version of pg_dump's custom archive format, for example 1.16"),
  snapshot: z.string().describe("pg_current_snapshot() of the session whose exported snapshot was dumped"),
  properties: databasePropertiesSchema,
  entryCount: count.describe("Entries in the archive's table of contents"),
  tables: z.array(tableSchema),
  sequences: z.array(sequenceSchema),
  extensions: z.array(extensionSchema),
  largeObjects: z.strictObject({ count, bytes: count, hash: z.string().regex(/^[0-9a-f]{32}$/) }),
  neverProven: z.array(z.string()).describe("Objects whose contents no dump holds: materialised views, foreign tables"),
});

export const roleSchema = z.strictObject({
  name: z.string(),
  superuser: z.boolean(),
  inherit: z.boolean(),
  createRole: z.boolean(),
  createDatabase: z.boolean(),
  login: z.boolean(),
  replication: z.boolean(),
  bypassRls: z.boolean(),
  connectionLimit: z.number().int(),
  validUntil: z.string().nullable(),
  comment: z.string().nullable(),
  hasPassword: z.boolean().nullable().describe("Null where pg_authid is hidden from the dump role"),
});

export const membershipSchema = z.strictObject({
  role: z.string(),
  member: z.string(),
  grantor: z.string(),
  admin: z.boolean(),
  inherit: z.boolean().nullable().describe("Null before PostgreSQL 16"),
  set: z.boolean().nullable().describe("Null before PostgreSQL 16"),
});

export const tablespaceSchema = z.strictObject({
  name: z.string(),
  owner: z.string(),
  location: z.string(),
  options: z.array(z.string()),
  acl: z.array(grantSchema).nullable(),
  comment: z.string().nullable(),
});

export const globalsSchema = z.strictObject({
  bootstrapSuperuser: z
    .string()
    .describe("The role that initdb made; it owns what is built in, and a scratch server is given one of its name"),
  roles: z.array(roleSchema),
  memberships: z.array(membershipSchema),
  settings: z.array(settingSchema).describe("Settings of roles in every database; those of one database are with it"),
  tablespaces: z.array(tablespaceSchema),
  parameterAcl: z.array(z.strictObject({ parameter: z.string(), acl: z.array(grantSchema) })).describe("PostgreSQL 15 and later"),
});

export const fileSchema = z.strictObject({
  path: z.string().describe("Relative to the root, with forward slashes"),
  type: z.enum(["file", "directory", "symlink"]),
  mode: count,
  uid: count,
  gid: count,
  bytes: count,
  sha256: sha256.nullable().describe("Null for what has no content"),
});

/** How the common instant was reached. */
export const snapshotMethodSchema = z.enum(["synchronised", "share-lock", "paused-standby"]);

export const snapshotProofSchema = z.strictObject({
  method: snapshotMethodSchema,
  /** With `synchronised` the text of every database is this one. */
  text: z.string().describe("pg_current_snapshot() common to all databases; with share-lock that of the first"),
  tries: z.number().int().min(1),
  milliseconds: z.number().min(0),
  lsn: z.string().describe("Write-ahead log position right after the snapshot"),
  takenAt: instant.describe("By the server's clock"),
});

export const signatureSchema = z.strictObject({
  algorithm: z.literal("ed25519"),
  keyId: z.string().describe("First 16 hex digits of the SHA-256 of the raw public key"),
  value: z.base64(),
});

export const manifestSchema = z.strictObject({
  formatVersion: z.literal(MANIFEST_VERSION),
  id: z.string(),
  attempt: z.string(),
  cluster: z.string(),
  beganAt: instant,
  committedAt: instant,
  agent: z.strictObject({ version: z.string(), pgDumpVersion: z.string() }),
  server: z.strictObject({
    systemIdentifier: z.string().nullable().describe("Null where pg_control_system() is not allowed"),
    version: z.string().describe("For example 18.4"),
    versionNumber: count.describe("server_version_num"),
    timeline: count.nullable(),
  }),
  snapshot: snapshotProofSchema,
  databases: z.array(databaseSchema).min(1),
  globals: globalsSchema.extend({
    object: storedObjectSchema,
    verifiers: z.boolean().describe("Whether the object holds password verifiers"),
  }),
  files: z.strictObject({ object: storedObjectSchema, entries: z.array(fileSchema) }).nullable(),
  application: applicationSchema.nullable().describe("Null where nothing was asked for and nobody looked"),
  before: z.enum(BEFORE).nullable().describe("What it was taken before; null for every other recovery point"),
  retentionClass: z
    .enum(RetentionClass)
    .optional()
    .describe("How long it lives where S3's lifecycle enforces retention, as its objects' tags say; absent where the agent does"),
  waived: z.array(z.string()).describe("What could not be dumped and was waived by name"),
  warnings: z.array(z.string()).describe("Known, harmless warnings of pg_dump"),
  timings: z.record(z.string(), z.number()).describe("Milliseconds per phase"),
  checksum: sha256.describe("Of the canonical JSON of this document without checksum and signature: finds accidents"),
  signature: signatureSchema.nullable().describe("Over the checksum: finds forgery where a public key is configured"),
});

export type StoredObjectRecord = z.infer<typeof storedObjectSchema>;
export type Digest = z.infer<typeof digestSchema>;
export type TableRecord = z.infer<typeof tableSchema>;
export type SequenceRecord = z.infer<typeof sequenceSchema>;
export type ExtensionRecord = z.infer<typeof extensionSchema>;
export type SettingRecord = z.infer<typeof settingSchema>;
export type GrantRecord = z.infer<typeof grantSchema>;
export type DatabaseProperties = z.infer<typeof databasePropertiesSchema>;
export type DatabaseRecord = z.infer<typeof databaseSchema>;
export type RoleRecord = z.infer<typeof roleSchema>;
export type MembershipRecord = z.infer<typeof membershipSchema>;
export type TablespaceRecord = z.infer<typeof tablespaceSchema>;
export type GlobalsRecord = z.infer<typeof globalsSchema>;
export type FileRecord = z.infer<typeof fileSchema>;
export type SnapshotMethod = z.infer<typeof snapshotMethodSchema>;
export type SnapshotProof = z.infer<typeof snapshotProofSchema>;
export type ManifestSignature = z.infer<typeof signatureSchema>;
export type Manifest = z.infer<typeof manifestSchema>;
