import { SslMode } from "@pgkeep/core";
import { z } from "zod";
import { environmentNameProblem } from "./environmentLines.js";
import { helmPathProblem, overlappingPaths } from "./helmValues.js";
import { databaseNameProblem, nameProblem, roleNameProblem } from "./identifiers.js";
import { ManagedService } from "./PostgresAccessArgs.js";
import { passwordProblem } from "./passwordProblem.js";

/** What a refusal tells beside its reason, as the params of a zod issue. */
export interface RefusalParams {
  allowed?: string;
  next?: string;
  /** The value may be a secret and is not shown. */
  hidden?: boolean;
}

/** A value that is known only during the deployment: an Output or a promise. Judged when it is there. */
function isDeferred(value: unknown): boolean {
  return typeof value === "object" && value !== null && ("__pulumiOutput" in value || "then" in value || "apply" in value);
}

/** The schema of a leaf, applied where its value is known already. */
function requiredLeaf(schema: z.ZodType) {
  return z.unknown().superRefine((value, context) => {
    if (isDeferred(value)) return;
    for (const issue of schema.safeParse(value).error?.issues ?? []) context.addIssue({ ...issue, input: value } as never);
  });
}

const leaf = (schema: z.ZodType) => requiredLeaf(schema).optional();

function text(problemOf: (value: string) => string | undefined, params: RefusalParams = {}): z.ZodType<string> {
  return z.string().superRefine((value, context) => {
    const reason = problemOf(value);
    if (reason !== undefined) context.addIssue({ code: "custom", message: reason, params });
  });
}

const roleName = text(roleNameProblem, { allowed: "a name of 1 to 63 bytes that neither begins with pg_ nor is reserved" });
const databaseName = text(databaseNameProblem, { allowed: "a name of 1 to 63 bytes other than the server's own databases" });
const objectName = text(nameProblem, { allowed: "a name of 1 to 63 bytes" });
const nonEmpty = text((value) => (value === "" ? "this is empty" : undefined));

const password = leaf(text(passwordProblem, { hidden: true, allowed: "a password without NUL, line break or backslash" }));
const generation = z.int().min(1).max(1_000_000).optional();
const limit = leaf(
  z.number().superRefine((value, context) => {
    if (value === -1 || (Number.isInteger(value) && value >= 1 && value <= 262_143)) return;
    const params: RefusalParams = { allowed: "-1 for no limit, or a whole number from 1 to 262143" };
    context.addIssue({ code: "custom", message: "this is no limit of connections: with 0 nobody gets in, the dump neither", params });
  }),
);

const keys = (entry: z.ZodType) =>
  z.strictObject({
    host: entry.optional(),
    port: entry.optional(),
    database: entry.optional(),
    username: entry.optional(),
    password: entry.optional(),
    sslMode: entry.optional(),
    uri: entry.optional(),
  });

const environmentNames = keys(text(environmentNameProblem, { allowed: "letters, digits and underscores, the first no digit" })).superRefine(
  (names, context) => {
    const given = Object.values(names).filter((name) => name !== undefined);
    const twice = given.find((name, index) => given.indexOf(name) !== index);
    if (twice !== undefined) context.addIssue({ code: "custom", message: `${String(twice)} is named twice, and the last line would win` });
  },
);

const helmPaths = keys(text(helmPathProblem, { allowed: "keys with dots between them, for example global.database.host" })).superRefine(
  (paths, context) => {
    const overlap = overlappingPaths(Object.values(paths).filter((path): path is string => typeof path === "string"));
    if (overlap) context.addIssue({ code: "custom", message: `${overlap[0]} and ${overlap[1]} lie one inside the other` });
  },
);

const database = z.strictObject({
  name: databaseName,
  owner: roleName.optional(),
  formerOwner: roleName.optional(),
  encoding: nonEmpty.optional(),
  locale: nonEmpty.optional(),
  connectionLimit: limit,
  extensions: z.array(z.strictObject({ name: objectName, schema: objectName.optional(), version: nonEmpty.optional() })).optional(),
  schemas: z.array(objectName).optional(),
  environmentNames: environmentNames.optional(),
  helmPaths: helmPaths.optional(),
});

const databases = z.array(z.string()).min(1);
const login = { name: roleName, password, passwordGeneration: generation };

/** What the arguments must be, each by itself. What they must be together is in `accessProblems`. */
export const accessSchema = z.strictObject({
  server: z.strictObject({
    host: requiredLeaf(nonEmpty),
    port: leaf(z.int().min(1).max(65_535)),
    sslMode: leaf(z.enum(SslMode)),
    sslRootCertificate: leaf(nonEmpty),
    clientRootCertificate: leaf(nonEmpty),
    maintenanceDatabase: leaf(nonEmpty),
    maxConnections: leaf(z.int().min(1).max(100)),
    managedService: z.enum(ManagedService).optional(),
    availableExtensions: z.array(z.string()).optional(),
  }),
  admin: z.strictObject({
    username: requiredLeaf(nonEmpty),
    password: leaf(nonEmpty),
    superuser: leaf(z.boolean()),
  }),
  databases: z.array(database).min(1),
  applications: z
    .array(z.strictObject({ ...login, databases, alternateLogins: z.boolean().optional(), connectionLimit: limit }))
    .optional(),
  readOnlyRoles: z.array(z.strictObject({ ...login, databases, connectionLimit: limit })).optional(),
  dumpRole: z.strictObject({ ...login, name: roleName.optional() }).optional(),
  restoreRole: z.strictObject({ ...login, name: roleName.optional() }).optional(),
  dropOnDestroy: z.boolean().optional(),
  adopt: z.boolean().optional(),
});
