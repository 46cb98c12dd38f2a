import { leaf, nonEmptyText, RetentionEnforcer, RetentionPreset, requiredLeaf, SnapshotFallback } from "@pgkeep/core";
import { z } from "zod";
import { agentPodShape, dataEntrySchema } from "../agentPod/agentPodSchema.js";

/** What the agent's own schema judges is here only of the right type. */
const text = z.string();
const number = z.number();

/** What the arguments must be, each by itself. What they must be together is in `dumpCronJobProblems`. */
export const dumpCronJobSchema = z.strictObject({
  ...agentPodShape,
  cronJobName: text.optional(),
  cluster: requiredLeaf(text),
  databases: requiredLeaf(z.array(requiredLeaf(text))),
  server: z.strictObject({
    host: requiredLeaf(text),
    port: leaf(number),
    username: requiredLeaf(nonEmptyText),
    passwordSecret: dataEntrySchema.optional(),
    iamAuthentication: z.boolean().optional(),
    awsRegion: leaf(text),
    maintenanceDatabase: leaf(text),
  }),
  store: z.strictObject({
    url: requiredLeaf(text),
    endpoint: leaf(text),
    region: leaf(text),
    forcePathStyle: leaf(z.boolean()),
    checksums: leaf(text),
    account: leaf(text),
  }),
  schedule: requiredLeaf(text),
  timeZone: leaf(text),
  suspend: leaf(z.boolean()),
  startingDeadlineSeconds: leaf(number),
  deadline: leaf(text),
  retries: leaf(z.int().min(0).max(20)),
  successfulJobsHistoryLimit: leaf(z.int().min(0).max(100)),
  failedJobsHistoryLimit: leaf(z.int().min(1).max(100)),
  encryptionRecipients: leaf(z.array(requiredLeaf(text))),
  signing: z.strictObject({ privateKeySecret: dataEntrySchema.optional(), publicKeys: leaf(z.array(requiredLeaf(text))) }).optional(),
  objectives: z.strictObject({ rpo: leaf(text), provenWithin: leaf(text) }).optional(),
  retention: z
    .strictObject({
      enforcedBy: leaf(z.enum(RetentionEnforcer)),
      afterBackup: leaf(z.boolean()),
      preset: leaf(z.enum(RetentionPreset)),
      keepLast: leaf(number),
      keepHourly: leaf(number),
      keepDaily: leaf(number),
      keepWeekly: leaf(number),
      keepMonthly: leaf(number),
      keepYearly: leaf(number),
      keepWithin: leaf(text),
      minimum: leaf(number),
      keepSuspicious: leaf(text),
    })
    .optional(),
  dump: z
    .strictObject({
      parallel: leaf(number),
      compressionLevel: leaf(number),
      waive: leaf(z.array(requiredLeaf(text))),
      snapshotTimeout: leaf(text),
      lockTimeout: leaf(text),
      snapshotFallback: leaf(z.enum(SnapshotFallback)),
    })
    .optional(),
});
