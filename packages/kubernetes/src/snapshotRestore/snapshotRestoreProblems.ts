import {
  argumentProblems,
  judgedText,
  leaf,
  namespaceProblem,
  OBJECT_NAME_FORM,
  objectNameProblem,
  type Problem,
  parseMemberSnapshotName,
  parseQuantity,
  QUANTITY_FORM,
  requiredLeaf,
} from "@pgkeep/core";
import { z } from "zod";
import { type RestoredClaimArgs, RestoredVolumeMode, type SnapshotRestoreArgs } from "./SnapshotRestoreArgs.js";

const objectName = judgedText((name) => objectNameProblem(name), { allowed: OBJECT_NAME_FORM });
const size = judgedText((text) => (parseQuantity(text) === undefined ? "this is no size of a volume" : undefined), {
  allowed: QUANTITY_FORM,
});
const texts = leaf(z.record(z.string(), requiredLeaf(z.string())));
const volumeMode = leaf(z.enum(RestoredVolumeMode));
const accessMode = z.enum(["ReadWriteOnce", "ReadWriteOncePod", "ReadOnlyMany", "ReadWriteMany"]);

const schema = z.strictObject({
  namespace: requiredLeaf(judgedText((name) => namespaceProblem(name), { allowed: "lower-case letters, digits and hyphens, at most 63" })),
  claims: z
    .array(
      z.strictObject({
        claimName: objectName,
        snapshot: z.strictObject({ name: requiredLeaf(objectName), claimName: leaf(objectName), restoreSize: leaf(size), volumeMode }),
        size: requiredLeaf(size),
        storageClassName: leaf(objectName),
        accessModes: leaf(z.array(requiredLeaf(accessMode)).min(1)),
        volumeMode,
      }),
    )
    .min(1),
  awaitBound: z.boolean().optional(),
  protect: z.boolean().optional(),
  retainOnDelete: z.boolean().optional(),
  labels: texts,
  annotations: texts,
});

/** Everything that is wrong with the arguments, as far as they are known. */
export function snapshotRestoreProblems(args: SnapshotRestoreArgs): Problem[] {
  const { problems, wellFormed } = argumentProblems(schema, args);
  if (!wellFormed) return problems;
  return [...problems, ...args.claims.flatMap(claimProblems), ...setProblems(args.claims)];
}

function claimProblems(
  { claimName, snapshot, size, volumeMode }: RestoredClaimArgs,
  index: number,
  claims: RestoredClaimArgs[],
): Problem[] {
  const where = (argument: string) => `claims[${index}].${argument}`;
  const problems: Problem[] = [];
  if (claims.findIndex((other) => other.claimName === claimName) < index) {
    const reason = "another of these claims has this name";
    problems.push({ where: where("claimName"), received: JSON.stringify(claimName), reason, next: "give each a name of its own" });
  } else if (sourcesOf(snapshot).includes(claimName)) {
    problems.push({
      where: where("claimName"),
      received: JSON.stringify(claimName),
      reason: "the snapshot is of this very claim, and nothing is restored in place: what it holds now would be gone",
      next: "give the new claim another name, look at what it holds, and let the workload use it then",
    });
  }
  const [given, needed] = [known(size, parseQuantity), known(snapshot.restoreSize, parseQuantity)];
  if (given !== undefined && needed !== undefined && given < needed) {
    problems.push({
      where: where("size"),
      received: JSON.stringify(size),
      allowed: `${String(snapshot.restoreSize)} or more`,
      reason: "the snapshot does not fit: no volume smaller than its restoreSize can be made from it",
      next: "make it as large at least",
    });
  }
  const [ours, theirs] = [volumeMode ?? RestoredVolumeMode.Filesystem, snapshot.volumeMode ?? RestoredVolumeMode.Filesystem];
  if (typeof ours === "string" && typeof theirs === "string" && ours !== theirs) {
    problems.push({
      where: where("volumeMode"),
      received: JSON.stringify(ours),
      allowed: theirs,
      reason: `the snapshot is of a volume of mode ${theirs}, and clusters let nobody change that (prevent-volume-mode-conversion)`,
      next: "use the snapshot's own mode; if snapshot.volumeMode is wrong, correct it",
    });
  }
  return problems;
}

/** The claims that a snapshot may be of, as far as anything tells. */
function sourcesOf({ name, claimName }: RestoredClaimArgs["snapshot"]): string[] {
  if (typeof claimName === "string") return [claimName];
  return typeof name === "string" ? (parseMemberSnapshotName(name)?.claims ?? []) : [];
}

/** Members of different sets are of different instants. */
function setProblems(claims: RestoredClaimArgs[]): Problem[] {
  const runs = claims.map(({ snapshot: { name } }) => (typeof name === "string" ? parseMemberSnapshotName(name)?.run : undefined));
  const first = runs.find((run) => run !== undefined);
  return runs.flatMap((run, index): Problem[] =>
    run === undefined || run === first
      ? []
      : [
          {
            where: `claims[${index}].snapshot.name`,
            received: JSON.stringify(claims[index]?.snapshot.name),
            reason: `this is of the set ${run}, and the claims before it are of ${first}: they are of different instants, from which PostgreSQL does not come back`,
            next: "take all members from one set, or restore what does not belong together by another SnapshotRestore",
          },
        ],
  );
}

function known<Value>(value: unknown, read: (text: string) => Value): Value | undefined {
  return typeof value === "string" ? read(value) : undefined;
}
