import {
  argumentProblems,
  CSI_DRIVER_FORM,
  csiDriverProblem,
  judgedText,
  leaf,
  OBJECT_NAME_FORM,
  objectNameProblem,
  type Problem,
  requiredLeaf,
} from "@pgkeep/core";
import { z } from "zod";
import { GroupSnapshotApiVersion, type SnapshotClassArgs, SnapshotDeletionPolicy } from "./SnapshotClassArgs.js";

const className = judgedText((name) => objectNameProblem(name), { allowed: OBJECT_NAME_FORM });
const texts = z.record(z.string(), requiredLeaf(z.string()));

const schema = z.strictObject({
  driver: leaf(judgedText(csiDriverProblem, { allowed: CSI_DRIVER_FORM })),
  deletionPolicy: leaf(z.enum(SnapshotDeletionPolicy)),
  isDefault: leaf(z.boolean()),
  parameters: leaf(texts),
  className: className.optional(),
  usedByVelero: leaf(z.boolean()),
  groups: z
    .strictObject({
      apiVersion: z.enum(GroupSnapshotApiVersion).optional(),
      className: className.optional(),
      parameters: leaf(texts),
      isDefault: leaf(z.boolean()),
    })
    .optional(),
  existing: z.strictObject({ className: requiredLeaf(className), groupClassName: leaf(className) }).optional(),
  protect: z.boolean().optional(),
  labels: leaf(texts),
});

/** A name that Pulumi makes ends with a hyphen and eight characters of its own. */
const SUFFIX = "-group-class-12345678".length;

/** Everything that is wrong with the arguments of a `SnapshotClass` of that name, as far as they are known. */
export function snapshotClassProblems(name: string, args: SnapshotClassArgs): Problem[] {
  const { problems, wellFormed } = argumentProblems(schema, args);
  if (!wellFormed) return problems;
  return [...problems, ...(args.existing === undefined ? declaredProblems(name, args) : existingProblems(args))];
}

function declaredProblems(name: string, { driver, className: given, groups }: SnapshotClassArgs): Problem[] {
  const problems: Problem[] = [];
  if (driver === undefined) {
    const next = "name it, or give `existing` for a class that is there";
    problems.push({ where: "driver", reason: "this is missing: nothing says what takes the snapshots", allowed: CSI_DRIVER_FORM, next });
  }
  const made = given === undefined || (groups !== undefined && groups.className === undefined);
  const reason = made ? objectNameProblem(name, 253 - SUFFIX) : undefined;
  if (reason !== undefined) {
    problems.push({
      where: "name",
      received: JSON.stringify(name),
      reason: `${reason}, and the class is named after the component`,
      allowed: OBJECT_NAME_FORM,
      next: "call the component so, or give className and groups.className",
    });
  }
  return problems;
}

function existingProblems({ existing: _, ...others }: SnapshotClassArgs): Problem[] {
  return Object.entries(others).flatMap(([where, value]): Problem[] =>
    value === undefined
      ? []
      : [{ where, reason: "the classes exist, and nothing of them is changed", next: "remove it, or `existing` for classes of its own" }],
  );
}
