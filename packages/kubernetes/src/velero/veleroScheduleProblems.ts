import {
  argumentProblems,
  CSI_DRIVER_FORM,
  csiDriverProblem,
  durationSchema,
  isDeferred,
  judgedText,
  leaf,
  namespaceProblem,
  nonEmptyText,
  OBJECT_NAME_FORM,
  objectNameProblem,
  type Problem,
  parseDuration,
  periodSchema,
  refuse,
  requiredLeaf,
  veleroSchedule,
} from "@pgkeep/core";
import { z } from "zod";
import { readSchedule } from "../typedSchedule.js";
import { VeleroHookError, type VeleroScheduleArgs, VeleroVolumes } from "./VeleroScheduleArgs.js";

/** Velero adds `-20060102150405` (TimestampedName in pkg/apis/velero/v1/schedule_types.go), and labels have 63 characters: beyond that it writes a hash. */
export const LONGEST_SCHEDULE_NAME = 48;

/** The name of an annotation has 63 characters behind its prefix. */
const LONGEST_ANNOTATED_DRIVER = 63 - "csi-volumesnapshot-class_".length;

const namespace = judgedText(namespaceProblem, { allowed: "at most 63 lower-case letters, digits and hyphens" });
const objectName = judgedText((name) => objectNameProblem(name), { allowed: OBJECT_NAME_FORM });
const timeout = durationSchema("10m", { least: "1s" });
const texts = z.record(z.string(), requiredLeaf(z.string()));
const includedNamespace = judgedText((name) => (name === "*" ? undefined : namespaceProblem(name)), {
  allowed: "at most 63 lower-case letters, digits and hyphens, or * alone for all",
});

const classesByDriver = z.record(z.string(), requiredLeaf(objectName)).superRefine((classes, context) => {
  for (const driver of Object.keys(classes)) {
    const reason = csiDriverProblem(driver);
    if (reason !== undefined) refuse(context, { reason, allowed: CSI_DRIVER_FORM }, [driver]);
    else if (driver.length > LONGEST_ANNOTATED_DRIVER) {
      const room = `an annotation that names its class has room for ${LONGEST_ANNOTATED_DRIVER}`;
      refuse(
        context,
        {
          reason: `this driver's name has ${driver.length} characters, and ${room}`,
          next: "label the class instead: usedByVelero of SnapshotClass",
        },
        [driver],
      );
    }
  }
});

const command = z.strictObject({
  command: requiredLeaf(z.array(requiredLeaf(nonEmptyText)).min(1)),
  container: leaf(namespace),
  timeout: leaf(durationSchema("5m", { least: "1s" })),
  onError: leaf(z.enum(VeleroHookError)),
});

const schema = z.strictObject({
  schedule: requiredLeaf(z.string()),
  timeZone: leaf(z.string()),
  includedNamespaces: requiredLeaf(z.array(requiredLeaf(includedNamespace)).min(1)),
  excludedNamespaces: leaf(z.array(requiredLeaf(namespace))),
  matchLabels: leaf(texts),
  ttl: leaf(periodSchema()),
  storageLocation: leaf(objectName),
  volumes: leaf(z.enum(VeleroVolumes)),
  snapshotClasses: leaf(classesByDriver),
  volumeGroupLabelKey: leaf(nonEmptyText),
  snapshotTimeout: leaf(timeout),
  operationTimeout: leaf(timeout),
  hooks: z
    .array(
      z.strictObject({
        name: requiredLeaf(nonEmptyText),
        matchLabels: requiredLeaf(texts),
        namespaces: leaf(z.array(requiredLeaf(namespace)).min(1)),
        before: z.array(command).optional(),
        after: z.array(command).optional(),
      }),
    )
    .optional(),
  paused: leaf(z.boolean()),
  scheduleName: z.string().optional(),
  veleroNamespace: leaf(namespace),
  awaitEnabled: z.boolean().optional(),
  labels: leaf(texts),
});

/** Everything that is wrong with the arguments of a `VeleroSchedule` of that name, as far as they are known. */
export function veleroScheduleProblems(name: string, args: VeleroScheduleArgs): Problem[] {
  const { problems, wellFormed } = argumentProblems(schema, args);
  const named = [...problems, ...nameProblems(name, args)];
  if (!wellFormed) return named;
  const told = new Set(problems.map(({ where }) => where));
  const further = [...timeProblems(args, !told.has("ttl")), ...namespaceProblems(args), ...volumeProblems(args), ...hookProblems(args)];
  return [...named, ...further.filter(({ where }) => !told.has(where))];
}

function nameProblems(name: string, { scheduleName }: VeleroScheduleArgs): Problem[] {
  const reason = objectNameProblem(scheduleName ?? name, LONGEST_SCHEDULE_NAME);
  if (reason === undefined) return [];
  return [
    {
      where: scheduleName === undefined ? "name" : "scheduleName",
      received: JSON.stringify(scheduleName ?? name),
      reason: `${reason}${reason.startsWith("this name has") ? ": Velero adds 15 for each backup, and labels, which name it, have 63" : ""}`,
      allowed: `at most ${LONGEST_SCHEDULE_NAME} ${OBJECT_NAME_FORM}`,
      ...(scheduleName === undefined ? { next: "give scheduleName, or call the component so" } : {}),
    },
  ];
}

function timeProblems({ schedule, timeZone = "UTC", ttl = "30d" }: VeleroScheduleArgs, ttlIsWell: boolean): Problem[] {
  if (typeof schedule !== "string") return [];
  const { schedule: read, problems } = readSchedule(schedule, typeof timeZone === "string" ? timeZone : "UTC", veleroSchedule);
  if (read === undefined || typeof ttl !== "string" || !ttlIsWell || parseDuration(ttl) > read.longest) return problems;
  const hours = Math.ceil(read.longest / 3_600_000);
  return [
    {
      where: "ttl",
      received: ttl,
      allowed: `more than ${hours}h`,
      reason: `up to ${hours} hours lie between two backups, and each would be deleted before the next is there`,
      next: "keep them longer, for example 30d",
    },
  ];
}

function namespaceProblems({ includedNamespaces, excludedNamespaces }: VeleroScheduleArgs): Problem[] {
  if (!Array.isArray(includedNamespaces)) return [];
  const everything = includedNamespaces.includes("*");
  const problems: Problem[] = [];
  if (everything && includedNamespaces.length > 1) {
    const reason = "`*` is every namespace, and the others are among them";
    problems.push({ where: "includedNamespaces", reason, next: 'write ["*"], or the names alone' });
  }
  if (!everything && excludedNamespaces !== undefined && !includedNamespaces.some(isDeferred)) {
    problems.push({ where: "excludedNamespaces", reason: "only what is included by name is backed up", next: "remove it" });
  }
  return problems;
}

function volumeProblems(args: VeleroScheduleArgs): Problem[] {
  const { volumes } = args;
  const unused = (names: readonly (keyof VeleroScheduleArgs)[], reason: string): Problem[] =>
    names.flatMap((where) => (args[where] === undefined ? [] : [{ where, reason, next: "remove it, or change `volumes`" }]));
  if (volumes !== VeleroVolumes.None) return [];
  return unused(["snapshotClasses", "volumeGroupLabelKey", "snapshotTimeout"], "no volume is snapshotted (volumes: None)");
}

function hookProblems({ hooks = [] }: VeleroScheduleArgs): Problem[] {
  const names = hooks.map(({ name }) => name);
  return hooks.flatMap(({ name, matchLabels, before = [], after = [] }, index): Problem[] => [
    ...(typeof name === "string" && names.indexOf(name) < index
      ? [{ where: `hooks[${index}].name`, received: JSON.stringify(name), reason: "another hook is called so" }]
      : []),
    ...(!isDeferred(matchLabels) && Object.keys(matchLabels).length === 0
      ? [{ where: `hooks[${index}].matchLabels`, reason: "without labels it would run in every Pod", allowed: "at least one label" }]
      : []),
    ...(before.length + after.length === 0
      ? [{ where: `hooks[${index}]`, reason: "there is nothing to run", next: "give before or after" }]
      : []),
  ]);
}
