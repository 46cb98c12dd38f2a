import { leaf, QuiescedKind, RetentionPreset, requiredLeaf, VolumeSnapshotMode } from "@pgkeep/core";
import { z } from "zod";
import { agentPodShape, cidr, portSchema } from "../agentPod/agentPodSchema.js";
import { GroupSnapshotApiVersion } from "../snapshotClass/SnapshotClassArgs.js";
import { WATCHDOG_MINUTES } from "./snapshotScheduleDefaults.js";

/** What the agent's own schema judges is here only of the right type. */
const text = z.string();
const number = z.number();

const {
  namespace,
  image,
  allowImageTag,
  imagePullPolicy,
  imagePullSecrets,
  secrets,
  environment,
  serviceAccountName,
  resources,
  placement,
  userId,
  labels,
  podAnnotations,
} = agentPodShape;

const networkSchema = z.strictObject({
  policies: z.boolean().optional(),
  apiServerCidrs: leaf(z.array(requiredLeaf(cidr)).min(1)),
  apiServerPorts: leaf(z.array(requiredLeaf(portSchema)).min(1)),
  dnsPorts: leaf(z.array(requiredLeaf(portSchema)).min(1)),
  otherEgress: agentPodShape.network.unwrap().shape.otherEgress,
});

/** What the arguments must be, each by itself. What they must be together is in `snapshotScheduleProblems`. */
export const snapshotScheduleSchema = z.strictObject({
  namespace,
  scheduleName: text.optional(),
  mode: z.enum(VolumeSnapshotMode),
  claims: requiredLeaf(z.array(requiredLeaf(text))),
  snapshotClassName: leaf(text),
  groupSnapshotClassName: leaf(text),
  groupApiVersion: leaf(z.enum(GroupSnapshotApiVersion)),
  selector: leaf(z.record(text, requiredLeaf(text))),
  workloads: z.array(z.strictObject({ kind: requiredLeaf(z.enum(QuiescedKind)), name: requiredLeaf(text) })).optional(),
  schedule: requiredLeaf(text),
  timeZone: leaf(text),
  suspend: leaf(z.boolean()),
  startingDeadlineSeconds: leaf(number),
  deadline: leaf(text),
  retries: leaf(z.int().min(0).max(20)),
  successfulJobsHistoryLimit: leaf(z.int().min(0).max(100)),
  failedJobsHistoryLimit: leaf(z.int().min(1).max(100)),
  readyWithin: leaf(text),
  maxSpread: leaf(text),
  stoppedWithin: leaf(text),
  resumeWithin: leaf(text),
  watchdogMinutes: leaf(z.literal([...WATCHDOG_MINUTES])),
  retention: z
    .strictObject({
      preset: leaf(z.enum(RetentionPreset)),
      keepLast: leaf(number),
      keepHourly: leaf(number),
      keepDaily: leaf(number),
      keepWeekly: leaf(number),
      keepMonthly: leaf(number),
      keepYearly: leaf(number),
      keepWithin: leaf(text),
      minimum: leaf(number),
      keepFailed: leaf(number),
      expireRetained: leaf(z.boolean()),
    })
    .optional(),
  image,
  allowImageTag,
  imagePullPolicy,
  imagePullSecrets,
  secrets,
  environment,
  serviceAccountName,
  roles: z.boolean().optional(),
  network: networkSchema.optional(),
  resources,
  placement,
  userId,
  labels,
  podAnnotations,
});
