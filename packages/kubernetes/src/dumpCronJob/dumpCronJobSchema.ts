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
  RetentionEnforcer,
  RetentionPreset,
  requiredLeaf,
  SnapshotFallback,
  SslMode,
} from "@pgkeep/core";
import { z } from "zod";
import { KubernetesImagePullPolicy } from "./KubernetesPodArgs.js";

/** What the agent's own schema judges is here only of the right type. */
const text = z.string();
const number = z.number();
const port = z.int().min(1).max(65_535);
const texts = leaf(z.record(z.string(), z.unknown()));

const objectName = judgedText((name) => objectNameProblem(name), { allowed: OBJECT_NAME_FORM });
const quantity = judgedText((value) => (parseQuantity(value) === undefined ? "Kubernetes reads no such amount" : undefined), {
  allowed: QUANTITY_FORM,
});
const cpu = judgedText((value) => (isCpuQuantity(value) ? undefined : "Kubernetes reads no such amount of CPU"), {
  allowed: "cores or thousandths of one, for example 250m",
});
const cidr = judgedText((value) => (isCidr(value) ? undefined : "this is no range of addresses"), {
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

const dataEntry = z.strictObject({ name: requiredLeaf(objectName), key: requiredLeaf(dataKey) });
const pods = z.strictObject({
  labels: requiredLeaf(
    z.record(z.string(), z.unknown()).refine((labels) => Object.keys(labels).length > 0, "no label would mean every Pod"),
  ),
  namespace: leaf(judgedText((name) => namespaceProblem(name))),
});
const variables = z.record(z.string(), requiredLeaf(text));
const secretVariables = z.record(z.string(), dataEntry);
const sidecar = z.strictObject({
  name: judgedText((name) => (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name) ? undefined : "no container can be called so"), {
    allowed: "lower-case letters, digits and hyphens, at most 63",
  }),
  image: requiredLeaf(nonEmptyText),
  args: leaf(z.array(requiredLeaf(text))),
  environment: variables.optional(),
  secrets: secretVariables.optional(),
  startupPort: leaf(port),
  memory: leaf(quantity),
});

/** What the arguments must be, each by itself. What they must be together is in `dumpCronJobProblems`. */
export const dumpCronJobSchema = z.strictObject({
  namespace: requiredLeaf(judgedText((name) => namespaceProblem(name), { allowed: "lower-case letters, digits and hyphens, at most 63" })),
  cronJobName: text.optional(),
  cluster: requiredLeaf(text),
  databases: requiredLeaf(z.array(requiredLeaf(text))),
  server: z.strictObject({
    host: requiredLeaf(text),
    port: leaf(number),
    username: requiredLeaf(nonEmptyText),
    passwordSecret: dataEntry.optional(),
    iamAuthentication: z.boolean().optional(),
    awsRegion: leaf(text),
    maintenanceDatabase: leaf(text),
  }),
  tls: z
    .strictObject({
      mode: leaf(z.enum(SslMode)),
      caSecret: dataEntry.optional(),
      caConfigMap: dataEntry.optional(),
      authorities: leaf(nonEmptyText),
    })
    .optional(),
  store: z.strictObject({
    url: requiredLeaf(text),
    endpoint: leaf(text),
    region: leaf(text),
    forcePathStyle: leaf(z.boolean()),
    checksums: leaf(text),
    account: leaf(text),
  }),
  image: requiredLeaf(nonEmptyText),
  allowImageTag: z.boolean().optional(),
  imagePullPolicy: leaf(z.enum(KubernetesImagePullPolicy)),
  imagePullSecrets: leaf(z.array(requiredLeaf(objectName))),
  schedule: requiredLeaf(text),
  timeZone: leaf(text),
  suspend: leaf(z.boolean()),
  startingDeadlineSeconds: leaf(number),
  deadline: leaf(text),
  retries: leaf(z.int().min(0).max(20)),
  successfulJobsHistoryLimit: leaf(z.int().min(0).max(100)),
  failedJobsHistoryLimit: leaf(z.int().min(1).max(100)),
  encryptionRecipients: leaf(z.array(requiredLeaf(text))),
  signing: z.strictObject({ privateKeySecret: dataEntry.optional(), publicKeys: leaf(z.array(requiredLeaf(text))) }).optional(),
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
  secrets: secretVariables.optional(),
  environment: variables.optional(),
  serviceAccountAnnotations: texts,
  serviceAccountName: leaf(objectName),
  network: z
    .strictObject({
      policies: z.boolean().optional(),
      databasePods: pods.optional(),
      databaseCidr: leaf(cidr),
      databasePort: leaf(port),
      storePods: pods.optional(),
      storeCidrs: leaf(z.array(requiredLeaf(cidr)).min(1)),
      storePort: leaf(port),
      dnsPorts: leaf(z.array(requiredLeaf(port)).min(1)),
      podIdentity: z.boolean().optional(),
      otherEgress: z.array(z.strictObject({ cidr: requiredLeaf(cidr), ports: leaf(z.array(requiredLeaf(port)).min(1)) })).optional(),
      allowInDatabase: z.boolean().optional(),
    })
    .optional(),
  resources: z
    .strictObject({
      memoryLimit: leaf(quantity),
      memoryRequest: leaf(quantity),
      cpuRequest: leaf(cpu),
      ephemeralStorageLimit: leaf(quantity),
      ephemeralStorageRequest: leaf(quantity),
    })
    .optional(),
  placement: z
    .strictObject({
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
      priorityClassName: leaf(objectName),
    })
    .optional(),
  sidecars: z.array(sidecar).optional(),
  userId: leaf(z.int().min(1)),
  labels: texts,
  podAnnotations: texts,
});
