import { z } from "zod";
import { refuse } from "./refuse.js";
import { uniqueList } from "./uniqueList.js";

const DIGEST = /^([^\s@,=]+@)?sha256:[0-9a-f]{64}$/;
const DIGEST_FORMS = "sha256: and 64 hex digits, or repository@sha256:…, as `docker image inspect` prints it";

/** Why a text names no image for ever, undefined where it does. */
export function imageDigestProblem(text: string): { reason: string; allowed: string } | undefined {
  if (DIGEST.test(text)) return undefined;
  const reason = "this is not the digest of an image; a tag may mean another image tomorrow";
  return { reason, allowed: DIGEST_FORMS };
}

const imageSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[^\s=,]+$/, { error: "a name without blanks, commas and equals signs is needed" })
    .describe("What the application calls it, for example web."),
  digest: z
    .string()
    .superRefine((text, context) => {
      const problem = imageDigestProblem(text);
      if (problem) refuse(context, problem);
    })
    .describe("sha256:… or repository@sha256:…."),
});

const migrationQuerySchema = z.strictObject({
  database: z.string().min(1).describe("One of databases."),
  query: z
    .string()
    .regex(/\S/, { error: "the query is empty" })
    .refine((text) => !/;\s*\S/.test(text), { error: "only one statement can be run" })
    .describe(
      "One SELECT whose first column names the migrations that were applied, in the order in which they were; the last row is the head. Names of tables need their schema.",
    ),
});

/** Which version of the application writes into the databases. */
export const applicationConfigSchema = z
  .strictObject({
    workTree: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Folder of the application's git work tree, or a bare repository, whose commit is recorded. PGKEEP_APPLICATION_SHA goes before it.",
      ),
    images: z
      .array(imageSchema)
      .superRefine((images, context) =>
        uniqueList("an image has one digest")(
          images.map(({ name }) => name),
          context,
        ),
      )
      .default([])
      .describe("Images that run, by digest. PGKEEP_APPLICATION_IMAGES (name=digest, separated by commas) goes before them, name by name."),
    migrations: z
      .enum(["auto", "off"])
      .default("auto")
      .describe(
        "auto (default): the tables of Prisma, Drizzle, Knex, TypeORM, Flyway, Liquibase, Alembic, Django and Rails are looked for in each database and the applied migrations recorded; off: they are not.",
      ),
    migrationQueries: z
      .array(migrationQuerySchema)
      .superRefine((queries, context) =>
        uniqueList("a database has one query")(
          queries.map(({ database }) => database),
          context,
        ),
      )
      .default([])
      .describe(
        "Queries of your own, for databases whose migrations another tool keeps. There they take the place of what auto would find.",
      ),
  })
  .prefault({})
  .describe("Which version of the application writes into the databases, so that a restore can say what to deploy first.");

/** A refinement that refuses a query of a database which is not backed up. */
export function assertQueriedDatabases(
  { databases, application }: { databases: readonly string[]; application: z.infer<typeof applicationConfigSchema> },
  context: z.core.$RefinementCtx,
): void {
  for (const [index, { database }] of application.migrationQueries.entries()) {
    if (databases.includes(database)) continue;
    const path = ["application", "migrationQueries", index, "database"];
    refuse(context, { reason: "this database is not among those that are backed up", allowed: databases.join(", ") }, path);
  }
}
