import { z } from "zod";
import { checkSchema } from "./drillResult.js";
import { digestSchema } from "./manifest.js";
import { Verdict } from "./verdict.js";

/** Version of the physical drill result's format that this release writes. */
export const PHYSICAL_DRILL_RESULT_VERSION = 1;

/** What one physical drill found: of a server that runs on a copy of a cluster's files, for which there is no manifest. */
export const physicalDrillResultSchema = z.strictObject({
  formatVersion: z.literal(PHYSICAL_DRILL_RESULT_VERSION),
  kind: z.literal("physical"),
  cluster: z.string().describe("The cluster that the copy is of, as the configuration names it"),
  verdict: z.enum(Verdict),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  agentVersion: z.string(),
  copy: z.strictObject({
    address: z.string().describe("Host and port of the server that runs on the copy"),
    restoredArn: z.string().nullable().describe("The restored RDS instance, where one was named"),
    restoreJob: z.string().nullable().describe("The AWS Backup restore job that is validated"),
    serverVersion: z.string().nullable().describe("Null where the server did not answer"),
    systemIdentifier: z.string().nullable().describe("Of the cluster whose files these are; null where the server hides it"),
    inRecovery: z.boolean().nullable(),
    dataChecksums: z.boolean().nullable().describe("Whether a page that changed on the disk is noticed when it is read"),
  }),
  against: z.string().nullable().describe("The recovery point that the rows were to be compared with"),
  checks: z.array(checkSchema),
  tables: z
    .array(z.strictObject({ database: z.string(), schema: z.string(), name: z.string(), digest: digestSchema }))
    .describe("What the dumps held"),
  neverProven: z.array(z.string()).describe("What this drill had no means to look at, so that its verdict says nothing about it"),
});

export type PhysicalDrillResult = z.infer<typeof physicalDrillResultSchema>;
