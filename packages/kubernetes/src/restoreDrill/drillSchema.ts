import { isRecoveryPointId, judgedText, leaf, nonEmptyText, requiredLeaf } from "@pgkeep/core";
import { z } from "zod";
import { agentPodShape, cpuSchema, dataEntrySchema, objectNameSchema, portSchema, quantitySchema } from "../agentPod/agentPodSchema.js";
import { KubernetesDrillScratch } from "./KubernetesRestoreDrillArgs.js";

const text = z.string();
export const recoveryPointSchema = judgedText(
  (value) =>
    value === "latest" || value === "latest-proven" || isRecoveryPointId(value) ? undefined : "no recovery point can be called so",
  { allowed: "latest, latest-proven, or an id as `pgkeep list` prints it" },
);
/** Those that the agent knows. */
export const majorSchema = z.int().superRefine((major, context) => {
  if (major >= 14 && major <= 18) return;
  context.addIssue({ code: "custom", message: "pgkeep does not know this version of PostgreSQL", params: { allowed: "14 to 18" } });
});
// What lies beside the agent is its scratch server alone.
const { sidecars: _, ...podShape } = agentPodShape;

/** What the arguments must be, each by itself. What they must be together is in `drillProblems`. */
export const drillSchema = z.strictObject({
  ...podShape,
  cronJobName: text.optional(),
  configuration: requiredLeaf(nonEmptyText),
  recoveryPoint: leaf(recoveryPointSchema),
  identitySecret: dataEntrySchema.optional(),
  scratch: z.enum(KubernetesDrillScratch).optional(),
  major: leaf(majorSchema),
  scratchServer: z
    .strictObject({
      image: requiredLeaf(nonEmptyText),
      userId: leaf(z.int().min(1)),
      memory: leaf(quantitySchema),
      cpuRequest: leaf(cpuSchema),
      settings: z.record(z.string(), requiredLeaf(text)).optional(),
    })
    .optional(),
  scratchVolume: z.strictObject({ size: requiredLeaf(quantitySchema), storageClassName: leaf(objectNameSchema) }).optional(),
  scratchConnection: z
    .strictObject({
      host: requiredLeaf(nonEmptyText),
      port: leaf(portSchema),
      username: requiredLeaf(nonEmptyText),
      passwordSecret: dataEntrySchema.optional(),
      disposable: z.boolean().optional(),
    })
    .optional(),
  schedule: requiredLeaf(text),
  timeZone: leaf(text),
  suspend: leaf(z.boolean()),
  startingDeadlineSeconds: leaf(z.number()),
  deadline: leaf(text),
  retries: leaf(z.int().min(0).max(20)),
  keepFinished: leaf(text),
});
