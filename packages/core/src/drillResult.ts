import { z } from "zod";
import { applicationSchema } from "./applicationRecord.js";
import { Verdict } from "./verdict.js";

/** Version of the drill result's format that this release writes. */
export const DRILL_RESULT_VERSION = 1;

export const checkSchema = z.strictObject({
  name: z.string(),
  verdict: z.enum(Verdict),
  details: z.array(z.string()).readonly(),
});

/** A definition that came back in other words but is equal in normal form. Listed, so that nothing is hidden. */
export const respelledSchema = z.strictObject({
  database: z.string(),
  object: z.string(),
  before: z.string(),
  after: z.string(),
});

/** What one drill found. Stored beside the recovery point; its name tells the verdict. */
export const drillResultSchema = z.strictObject({
  formatVersion: z.literal(DRILL_RESULT_VERSION),
  id: z.string().describe("The recovery point"),
  cluster: z.string(),
  manifestChecksum: z.string().describe("Checksum of the manifest that was compared with"),
  verdict: z.enum(Verdict),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  agentVersion: z.string(),
  application: applicationSchema.nullable().describe("Which version of the application wrote the data, as the manifest says"),
  scratch: z.strictObject({
    serverVersion: z.string(),
    kind: z.enum(["own", "given"]).describe("`own`: it existed for this drill alone; `given`: it is shared with others"),
    isolated: z.boolean().describe("Whether the scratch server was cut off from every network"),
  }),
  restoreMilliseconds: z
    .number()
    .min(0)
    .describe("From the first byte read until all databases were restored: the measured RTO of the data"),
  compareMilliseconds: z.number().min(0),
  checks: z.array(checkSchema),
  respelled: z.array(respelledSchema),
  neverProven: z.array(z.string()).describe("Contents that no dump holds, so that no drill can prove them"),
  tables: z.array(
    z.strictObject({ database: z.string(), schema: z.string(), name: z.string(), rows: z.number(), bytes: z.number(), equal: z.boolean() }),
  ),
});

export type DrillResult = z.infer<typeof drillResultSchema>;
export type Respelled = z.infer<typeof respelledSchema>;
