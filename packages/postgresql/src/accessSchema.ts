import { judgedText, leaf, nonEmptyText, requiredLeaf, SslMode } from "@pgkeep/core";
import { z } from "zod";
import { environmentNameProblem } from "./environmentLines.js";
import { helmPathProblem, overlappingPaths } from "./helmValues.js";
import { databaseNameProblem, nameProblem, roleNameProblem } from "./identifiers.js";
import { ManagedService } from "./PostgresAccessArgs.js";
import { passwordProblem } from "./passwordProblem.js";

const roleName = judgedText(roleNameProblem, { allowed: "a name of 1 to 63 bytes that neither begins with pg_ nor is reserved" });
const databaseName = judgedText(databaseNameProblem, { allowed: "a name of 1 to 63 bytes other than the server's own databases" });
const objectName = judgedText(nameProblem, { allowed: "a name of 1 to 63 bytes" });

const password = leaf(judgedText(passwordProblem, { hidden: true, allowed: "a password without NUL, line break or backslash" }));
const generation = z.int().min(1).max(1_000_000).optional();
const limit = leaf(
  z.number().superRefine((value, context) => {
    if (value === -1 || (Number.isInteger(value) && value >= 1 && value <= 262_143)) return;
    const params = { allowed: "-1 for no limit, or a whole number from 1 to 262143" };
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

const environmentNames = keys(
  judgedText(environmentNameProblem, { allowed: "letters, digits and underscores, the first no digit" }),
).superRefine((names, context) => {
  const given = Object.values(names).filter((name) => name !== undefined);
  const twice = given.find((name, index) => given.indexOf(name) !== index);
  if (twice !== undefined) context.addIssue({ code: "custom", message: `${String(twice)} is named twice, and the last line would win` });
});

const helmPaths = keys(
  judgedText(helmPathProblem, { allowed: "keys with dots between them, for example global.database.host" }),
).superRefine((paths, context) => {
  const overlap = overlappingPaths(Object.values(paths).filter((path): path is string => typeof path === "string"));
  if (overlap) context.addIssue({ code: "custom", message: `${overlap[0]} and ${overlap[1]} lie one inside the other` });
});

const database = z.strictObject({
  name: databaseName,
  owner: roleName.optional(),
  formerOwner: roleName.optional(),
  encoding: nonEmptyText.optional(),
  locale: nonEmptyText.optional(),
  connectionLimit: limit,
  extensions: z.array(z.strictObject({ name: objectName, schema: objectName.optional(), version: nonEmptyText.optional() })).optional(),
  schemas: z.array(objectName).optional(),
  environmentNames: environmentNames.optional(),
  helmPaths: helmPaths.optional(),
});

const databases = z.array(z.string()).min(1);
const login = { name: roleName, password, passwordGeneration: generation };

/** What the arguments must be, each by itself. What they must be together is in `accessProblems`. */
export const accessSchema = z.strictObject({
  server: z.strictObject({
    host: requiredLeaf(nonEmptyText),
    port: leaf(z.int().min(1).max(65_535)),
    sslMode: leaf(z.enum(SslMode)),
    sslRootCertificate: leaf(nonEmptyText),
    clientRootCertificate: leaf(nonEmptyText),
    maintenanceDatabase: leaf(nonEmptyText),
    maxConnections: leaf(z.int().min(1).max(100)),
    managedService: z.enum(ManagedService).optional(),
    availableExtensions: z.array(z.string()).optional(),
  }),
  admin: z.strictObject({
    username: requiredLeaf(nonEmptyText),
    password: leaf(nonEmptyText),
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
