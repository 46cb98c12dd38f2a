import {
  argumentProblems,
  judgedText,
  leaf,
  namespaceProblem,
  nonEmptyText,
  OBJECT_NAME_FORM,
  objectNameProblem,
  type Problem,
  parseQuantity,
  QUANTITY_FORM,
  rdsRestoreTimeProblem,
  requiredLeaf,
} from "@pgkeep/core";
import { z } from "zod";
import type { CnpgRecoveryArgs } from "./CnpgRecoveryArgs.js";
import { clusterNameProblem, LABEL_FORM, LONGEST_CLUSTER_NAME } from "./cnpgNames.js";

const objectName = judgedText((name) => objectNameProblem(name), { allowed: OBJECT_NAME_FORM });
const size = judgedText((text) => (parseQuantity(text) === undefined ? "this is no size of a volume" : undefined), {
  allowed: QUANTITY_FORM,
});
// Without a zone CloudNativePG would take it for UTC, and its reader perhaps for something else.
const time = judgedText((text) => rdsRestoreTimeProblem(text, new Date()), { allowed: "for example 2026-11-29T12:00:00Z" });
const server = z.strictObject({ objectStoreName: requiredLeaf(objectName), serverName: requiredLeaf(nonEmptyText) });

const schema = z.strictObject({
  namespace: requiredLeaf(judgedText(namespaceProblem, { allowed: `at most 63 ${LABEL_FORM}` })),
  clusterName: z.string().optional(),
  source: server,
  targetTime: leaf(time),
  backupId: leaf(nonEmptyText),
  database: leaf(nonEmptyText),
  owner: leaf(nonEmptyText),
  imageName: leaf(nonEmptyText),
  instances: leaf(z.int().min(1).max(100)),
  storageSize: requiredLeaf(size),
  storageClass: leaf(objectName),
  walStorageSize: leaf(size),
  archive: server.optional(),
  awaitReady: z.boolean().optional(),
  protect: z.boolean().optional(),
  labels: leaf(z.record(z.string(), requiredLeaf(z.string()))),
});

/** Everything that is wrong with the arguments of a `CnpgRecovery` of that name, as far as they are known. */
export function cnpgRecoveryProblems(name: string, args: CnpgRecoveryArgs): Problem[] {
  const { problems, wellFormed } = argumentProblems(schema, args);
  const { clusterName } = args;
  const reason = clusterNameProblem(clusterName ?? name);
  const named: Problem[] =
    reason === undefined
      ? []
      : [
          {
            where: clusterName === undefined ? "name" : "clusterName",
            received: JSON.stringify(clusterName ?? name),
            reason,
            allowed: `at most ${LONGEST_CLUSTER_NAME} ${LABEL_FORM}`,
            ...(clusterName === undefined ? { next: "give clusterName, or call the component so" } : {}),
          },
        ];
  return [...problems, ...named, ...(wellFormed ? archiveProblems(args) : [])];
}

/** The plugin refuses to archive into a folder that has an archive, and only says so in the new Cluster's log. */
function archiveProblems({ source, archive }: CnpgRecoveryArgs): Problem[] {
  if (typeof archive?.serverName !== "string" || archive.serverName !== source.serverName) return [];
  if (archive.objectStoreName !== source.objectStoreName) return [];
  return [
    {
      where: "archive.serverName",
      received: archive.serverName,
      reason: "this is the folder that the Cluster is recovered from: two histories would mix, so nothing would be archived",
      next: "name another one, for example with a number at its end",
    },
  ];
}
