import { isDeferred, type Problem, valueAt } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { argumentsError } from "../argumentsError.js";
import type { RdsPostgresArgs } from "./RdsPostgresArgs.js";

type Path = readonly (string | number)[];

/** Arguments that rules judge together. */
const TOGETHER: Path[][] = [
  [["backups", "window"], ["maintenanceWindow"]],
  ["allocatedGib", "maxGib", "iops", "throughput"].map((name) => ["storage", name]),
];

/**
 * The arguments with those that are Outputs gated: each is judged as soon as it is known, with those that it is judged with, and what could
 * not have been given plainly stops the preview or the deployment.
 */
export function settleInputs(name: string, args: RdsPostgresArgs, problemsOf: (args: RdsPostgresArgs) => Problem[]): RdsPostgresArgs {
  return deferredPaths({ ...args, tags: undefined }).reduce((settled, path) => {
    const group = TOGETHER.find((paths) => paths.some((one) => samePath(one, path))) ?? [path];
    const value = pulumi.all(group.map((one) => pulumi.output(valueAt(args, one)))).apply((values) => {
      const known = group.reduce((filled, one, index) => withValue(filled, one, values[index]), args);
      const problems = problemsOf(known);
      if (problems.length > 0) throw argumentsError("RdsPostgres", name, problems);
      return values[group.findIndex((one) => samePath(one, path))];
    });
    return withValue(settled, path, value);
  }, args);
}

function deferredPaths(value: unknown, path: Path = []): Path[] {
  if (isDeferred(value)) return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => deferredPaths(inner, [...path, Array.isArray(value) ? Number(key) : key]));
}

function withValue<Target>(target: Target, [key, ...rest]: Path, value: unknown): Target {
  if (key === undefined) return value as Target;
  const inner = (target as Record<string | number, unknown> | undefined)?.[key];
  // What was never given stays so: an argument that is undefined is not one that is given.
  if (inner === undefined) return target;
  const copy = (Array.isArray(target) ? [...target] : { ...target }) as Record<string | number, unknown>;
  copy[key] = withValue(inner, rest, value);
  return copy as Target;
}

function samePath(left: Path, right: Path): boolean {
  return left.length === right.length && left.every((key, index) => key === right[index]);
}
