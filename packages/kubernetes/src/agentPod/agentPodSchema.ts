import { isIP } from "node:net";
import {
  isCpuQuantity,
  judgedText,
  leaf,
  namespaceProblem,
  nonEmptyText,
  OBJECT_NAME_FORM,
  objectNameProblem,
  parseQuantity,
  QUANTITY_FORM,
  requiredLeaf,
  SslMode,
} from "@pgkeep/core";
import { z } from "zod";
import { KubernetesImagePullPolicy } from "./KubernetesPodArgs.js";

/** What the agent's own schema judges is here only of the right type. */
const text = z.string();
export const portSchema = z.int().min(1).max(65_535);
export const texts = leaf(z.record(z.string(), z.unknown()));

export const objectNameSchema = judgedText((name) => objectNameProblem(name), { allowed: OBJECT_NAME_FORM });
export const quantitySchema = judgedText((value) => (parseQuantity(value) === undefined ? "Kubernetes reads no such amount" : undefined), {
  allowed: QUANTITY_FORM,
});
export const cpuSchema = judgedText((value) => (isCpuQuantity(value) ? undefined : "Kubernetes reads no such amount of CPU"), {
  allowed: "cores or thousandths of one, for example 250m",
});
export const cidr = judgedText((value) => (isCidr(value) ? undefined : "this is no range of addresses"), {
  allowed: "an address and the length of its prefix, for example 10.1.2.0/24",
});
/** https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data */
const dataKey = judgedText((key) => (/^[-._a-zA-Z0-9]{1,253}$/.test(key) ? undefined : "no Secret or ConfigMap has such a key"), {
  allowed: "letters, digits, hyphens, dots and underscores",
});

function isCidr(value: string): boolean {
  const [address = "", length = "", ...rest] = value.split("/");
  const most = { 4: 32, 6: 128 }[isIP(address)];
  return rest.length === 0 && most !== undefined && /^\d{1,3}$/.test(length) && Number(length) <= most;
}

export const dataEntrySchema = z.strictObject({ name: requiredLeaf(objectNameSchema), key: requiredLeaf(dataKey) });
const podsSchema = z.strictObject({
  labels: requiredLeaf(
    z.record(z.string(), z.unknown()).refine((labels) => Object.keys(labels).length > 0, "no label would mean every Pod"),
  ),
  namespace: leaf(judgedText((name) => namespaceProblem(name))),
});
const variablesSchema = z.record(z.string(), requiredLeaf(text));
const secretVariablesSchema = z.record(z.string(), dataEntrySchema);
const sidecarSchema = z.strictObject({
  name: judgedText((name) => (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name) ? undefined : "no container can be called so"), {
    allowed: "lower-case letters, digits and hyphens, at most 63",
  }),
  image: requiredLeaf(nonEmptyText),
  args: leaf(z.array(requiredLeaf(text))),
  environment: variablesSchema.optional(),
  secrets: secretVariablesSchema.optional(),
  startupPort: leaf(portSchema),
  memory: leaf(quantitySchema),
});

const tlsSchema = z.strictObject({
  mode: leaf(z.enum(SslMode)),
  caSecret: dataEntrySchema.optional(),
  caConfigMap: dataEntrySchema.optional(),
  authorities: leaf(nonEmptyText),
});
const networkSchema = z.strictObject({
  policies: z.boolean().optional(),
  databasePods: podsSchema.optional(),
  databaseCidr: leaf(cidr),
  databasePort: leaf(portSchema),
  storePods: podsSchema.optional(),
  storeCidrs: leaf(z.array(requiredLeaf(cidr)).min(1)),
  storePort: leaf(portSchema),
  dnsPorts: leaf(z.array(requiredLeaf(portSchema)).min(1)),
  podIdentity: z.boolean().optional(),
  otherEgress: z.array(z.strictObject({ cidr: requiredLeaf(cidr), ports: leaf(z.array(requiredLeaf(portSchema)).min(1)) })).optional(),
  allowInDatabase: z.boolean().optional(),
});
const resourcesSchema = z.strictObject({
  memoryLimit: leaf(quantitySchema),
  memoryRequest: leaf(quantitySchema),
  cpuRequest: leaf(cpuSchema),
  ephemeralStorageLimit: leaf(quantitySchema),
  ephemeralStorageRequest: leaf(quantitySchema),
});
const placementSchema = z.strictObject({
  nodeSelector: texts,
  tolerations: z
    .array(
      z.strictObject({
        key: leaf(text),
        operator: leaf(z.enum(["Equal", "Exists"])),
        value: leaf(text),
        effect: leaf(z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"])),
        tolerationSeconds: leaf(z.int().min(0)),
      }),
    )
    .optional(),
  topologySpread: z
    .array(
      z.strictObject({
        topologyKey: requiredLeaf(nonEmptyText),
        maxSkew: leaf(z.int().min(1)),
        whenUnsatisfiable: leaf(z.enum(["DoNotSchedule", "ScheduleAnyway"])),
      }),
    )
    .optional(),
  priorityClassName: leaf(objectNameSchema),
});

/**
 * No argument, and what whoever knows Jobs looks for. Kubernetes refuses `OnFailure` beside a failure policy
 * (https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy).
 */
const noRestartPolicy = judgedText(
  () => "it is always Never: a failed Pod is kept with its log, and beside OnFailure no exit code may decide what is tried again",
  { next: "remove it; retries, where there is such an argument, says how often a run is tried again" },
).optional();

/** What the arguments of all components with Pods of the agent have in common, each by itself. */
export const agentPodShape = {
  namespace: requiredLeaf(judgedText((name) => namespaceProblem(name), { allowed: "lower-case letters, digits and hyphens, at most 63" })),
  tls: tlsSchema.optional(),
  image: requiredLeaf(nonEmptyText),
  allowImageTag: z.boolean().optional(),
  imagePullPolicy: leaf(z.enum(KubernetesImagePullPolicy)),
  imagePullSecrets: leaf(z.array(requiredLeaf(objectNameSchema))),
  secrets: secretVariablesSchema.optional(),
  environment: variablesSchema.optional(),
  serviceAccountAnnotations: texts,
  serviceAccountName: leaf(objectNameSchema),
  network: networkSchema.optional(),
  resources: resourcesSchema.optional(),
  placement: placementSchema.optional(),
  sidecars: z.array(sidecarSchema).optional(),
  userId: leaf(z.int().min(1)),
  labels: texts,
  podAnnotations: texts,
  restartPolicy: noRestartPolicy,
};
