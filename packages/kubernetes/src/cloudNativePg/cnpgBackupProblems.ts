import {
  argumentProblems,
  cloudNativePgSchedule,
  judgedText,
  leaf,
  namespaceProblem,
  nonEmptyText,
  OBJECT_NAME_FORM,
  objectNameProblem,
  type Problem,
  requiredLeaf,
} from "@pgkeep/core";
import { z } from "zod";
import { readSchedule } from "../typedSchedule.js";
import { type CnpgBackupArgs, CnpgBackupMethod, CnpgBackupOwner, CnpgBackupTarget, CnpgCompression } from "./CnpgBackupArgs.js";
import { clusterNameProblem, LABEL_FORM, LONGEST_CLUSTER_NAME } from "./cnpgNames.js";

/** CloudNativePG adds `-20060102150405` (scheduledbackup_funcs.go), and puts names into labels, which have 63 characters. */
const LONGEST_NAME = 48;

const namespace = judgedText(namespaceProblem, { allowed: `at most 63 ${LABEL_FORM}` });
const objectName = judgedText((name) => objectNameProblem(name), { allowed: OBJECT_NAME_FORM });
const clusterName = judgedText(clusterNameProblem, { allowed: `at most ${LONGEST_CLUSTER_NAME} ${LABEL_FORM}` });

const secretKey = z.strictObject({ name: requiredLeaf(objectName), key: requiredLeaf(nonEmptyText) });
const place = judgedText(
  (path) => {
    if (!path.startsWith("s3://")) return "this is no place in S3";
    return /^s3:\/\/[a-z0-9][a-z0-9.-]+(\/[^/]+)*$/.test(path) ? undefined : "this has an empty part, or no bucket";
  },
  { allowed: "s3://BUCKET/PATH without a slash at its end", next: "for Azure or Google Cloud give store.existingName" },
);
const url = judgedText((text) => (/^https?:\/\/[^\s/]+(\/.*)?$/.test(text) ? undefined : "this is no URL of a server"), {
  allowed: "for example https://s3.example.org",
});
const parallel = z.int().min(1).max(64);

const schema = z.strictObject({
  namespace: requiredLeaf(namespace),
  clusterName: requiredLeaf(clusterName),
  schedule: requiredLeaf(z.string()),
  timeZone: leaf(z.string()),
  method: z.enum(CnpgBackupMethod).optional(),
  store: z
    .strictObject({
      existingName: leaf(objectName),
      objectStoreName: judgedText((name) => objectNameProblem(name), { allowed: OBJECT_NAME_FORM }).optional(),
      destinationPath: leaf(place),
      endpointUrl: leaf(url),
      endpointCa: secretKey.optional(),
      credentials: z
        .strictObject({
          inheritFromIamRole: z.boolean().optional(),
          accessKeyId: secretKey.optional(),
          secretAccessKey: secretKey.optional(),
          sessionToken: secretKey.optional(),
          region: secretKey.optional(),
        })
        .optional(),
      retentionDays: leaf(z.int().min(1).max(3650)),
      compression: leaf(z.enum(CnpgCompression)),
      jobs: leaf(parallel),
      walParallel: leaf(parallel),
    })
    .optional(),
  serverName: leaf(judgedText((name) => (/^[A-Za-z0-9._-]+$/.test(name) ? undefined : "this is no name of a folder in the store"))),
  online: leaf(z.boolean()),
  target: leaf(z.enum(CnpgBackupTarget)),
  immediate: leaf(z.boolean()),
  suspend: leaf(z.boolean()),
  backupOwner: leaf(z.enum(CnpgBackupOwner)),
  scheduledBackupName: z.string().optional(),
  protect: z.boolean().optional(),
  labels: leaf(z.record(z.string(), requiredLeaf(z.string()))),
});

/** Everything that is wrong with the arguments of a `CnpgBackup` of that name, as far as they are known. */
export function cnpgBackupProblems(name: string, args: CnpgBackupArgs): Problem[] {
  const { problems, wellFormed } = argumentProblems(schema, args);
  const named = [...problems, ...nameProblems(name, args)];
  if (!wellFormed) return named;
  const told = new Set(problems.map(({ where }) => where));
  const further = [...timeProblems(args), ...methodProblems(args), ...storeProblems(args)];
  return [...named, ...further.filter(({ where }) => !told.has(where))];
}

function nameProblems(name: string, { scheduledBackupName }: CnpgBackupArgs): Problem[] {
  const reason = objectNameProblem(scheduledBackupName ?? name, LONGEST_NAME);
  if (reason === undefined) return [];
  return [
    {
      where: scheduledBackupName === undefined ? "name" : "scheduledBackupName",
      received: JSON.stringify(scheduledBackupName ?? name),
      reason: `${reason}${reason.startsWith("this name has") ? ": CloudNativePG adds 15 for each backup, and labels, which name it, have 63" : ""}`,
      allowed: `at most ${LONGEST_NAME} ${OBJECT_NAME_FORM}`,
      ...(scheduledBackupName === undefined ? { next: "give scheduledBackupName, or call the component so" } : {}),
    },
  ];
}

function timeProblems({ schedule, timeZone = "UTC" }: CnpgBackupArgs): Problem[] {
  if (typeof schedule !== "string") return [];
  return readSchedule(schedule, typeof timeZone === "string" ? timeZone : "UTC", cloudNativePgSchedule).problems;
}

function methodProblems({ method = CnpgBackupMethod.Plugin, store, online, serverName }: CnpgBackupArgs): Problem[] {
  if (method === CnpgBackupMethod.Plugin) {
    return [
      ...(store === undefined
        ? [
            {
              where: "store",
              reason: "this is missing: nothing says where base backups and WAL go",
              next: "give `store`, or method: VolumeSnapshot",
            },
          ]
        : []),
      ...(online === undefined
        ? []
        : [{ where: "online", reason: "only snapshots can be taken of a stopped instance", next: "remove it" }]),
    ];
  }
  const unused = (where: string) => ({
    where,
    reason: "a snapshot lies in no object store",
    next: "remove it: WAL is archived by what the Cluster itself says",
  });
  return [...(store === undefined ? [] : [unused("store")]), ...(serverName === undefined ? [] : [unused("serverName")])];
}

function storeProblems({ store, method = CnpgBackupMethod.Plugin, protect }: CnpgBackupArgs): Problem[] {
  if (store === undefined || method !== CnpgBackupMethod.Plugin) return [];
  const { existingName, credentials, destinationPath, ...others } = store;
  if (existingName !== undefined) {
    const reason = "the ObjectStore exists, and nothing of it is changed";
    const given = Object.entries({ credentials, destinationPath, ...others }).filter(([, value]) => value !== undefined);
    return [
      ...given.map(([field]): Problem => ({ where: `store.${field}`, reason, next: "remove it, or existingName" })),
      ...(protect === undefined ? [] : [{ where: "protect", reason, next: "remove it" }]),
    ];
  }
  return [
    ...(destinationPath === undefined
      ? [{ where: "store.destinationPath", reason: "this is missing", allowed: "s3://BUCKET/PATH", next: "give it, or existingName" }]
      : []),
    ...credentialProblems(credentials),
  ];
}

function credentialProblems(credentials: NonNullable<CnpgBackupArgs["store"]>["credentials"]): Problem[] {
  const where = "store.credentials";
  const { inheritFromIamRole = false, accessKeyId, secretAccessKey, sessionToken } = credentials ?? {};
  if (inheritFromIamRole) {
    const keys = Object.entries({ accessKeyId, secretAccessKey, sessionToken }).filter(([, value]) => value !== undefined);
    return keys.map(([field]) => ({
      where: `${where}.${field}`,
      reason: "the role signs in, and keys would be another way to",
      next: "remove one of the two",
    }));
  }
  if (accessKeyId === undefined && secretAccessKey === undefined) {
    const next = "name accessKeyId and secretAccessKey, or set inheritFromIamRole: true";
    return [{ where, reason: "this is missing: nothing says how the plugin signs in", next }];
  }
  const half = accessKeyId === undefined ? "accessKeyId" : "secretAccessKey";
  if (accessKeyId !== undefined && secretAccessKey !== undefined) return [];
  return [{ where: `${where}.${half}`, reason: "this is missing: a key has an id and a secret" }];
}
