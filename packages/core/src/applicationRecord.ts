import { z } from "zod";

/** The commit of a work tree. */
const gitRecordSchema = z.strictObject({
  sha: z.string().regex(/^[0-9a-f]{7,64}$/),
  branch: z.string().min(1).nullable().describe("Null where no branch is checked out, or where nobody said which"),
  dirty: z.boolean().nullable().describe("Whether tracked files differ from the commit; null where that could not be seen"),
  committedAt: z.iso.datetime({ offset: true }).nullable().describe("Null where the commit could not be read"),
});

const imageRecordSchema = z.strictObject({
  name: z.string().min(1).describe("What the application calls it, for example `web`"),
  digest: z.string().describe("`sha256:…`, or with the repository `registry/repository@sha256:…`"),
});

/** Tools whose table of applied migrations is known; `query` is a query of the user's. */
const migrationToolSchema = z.enum(["prisma", "drizzle", "knex", "typeorm", "flyway", "liquibase", "alembic", "django", "rails", "query"]);

/** What one table of applied migrations held, at the instant of the recovery point. */
const migrationRecordSchema = z.strictObject({
  database: z.string(),
  tool: migrationToolSchema,
  table: z.string().describe("For example `public._prisma_migrations`; of a query `query`"),
  head: z.string().nullable().describe("The last of `applied`; null where none was applied"),
  count: z.number().int().min(0),
  applied: z.array(z.string()).describe("In the order in which they were applied. Alembic keeps only its heads"),
});

/** Which version of the application wrote the data: what to deploy before they are restored. */
export const applicationSchema = z.strictObject({
  git: gitRecordSchema.nullable().describe("Null where no work tree and no commit was given"),
  images: z.array(imageRecordSchema),
  migrations: z.array(migrationRecordSchema).nullable().describe("Null where nobody looked"),
  unread: z.array(z.string()).describe("What was looked for and could not be read, each with its reason"),
});

/** What a recovery point was taken before. */
export const BEFORE = ["deploy", "migration", "upgrade"] as const;

export type GitRecord = z.infer<typeof gitRecordSchema>;
export type ImageRecord = z.infer<typeof imageRecordSchema>;
export type MigrationTool = z.infer<typeof migrationToolSchema>;
export type MigrationRecord = z.infer<typeof migrationRecordSchema>;
export type ApplicationRecord = z.infer<typeof applicationSchema>;
export type Before = (typeof BEFORE)[number];
