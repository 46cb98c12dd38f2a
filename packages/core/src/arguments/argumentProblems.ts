import type { z } from "zod";
import type { Problem } from "../problem.js";
import { propertyPath, valueAt } from "../propertyPath.js";
import type { Refusal } from "../refuse.js";

/** What is wrong with a component's arguments, each by itself. */
export interface ArgumentProblems {
  problems: Problem[];
  /** Whether they have their form at all. What has not can be compared with nothing, so that rules between arguments would only add noise. */
  wellFormed: boolean;
}

/** Judges a component's arguments by their schema. */
export function argumentProblems(schema: z.ZodType, args: unknown): ArgumentProblems {
  const issues = schema.safeParse(args).error?.issues ?? [];
  return {
    problems: issues.flatMap((issue) => describeIssue(issue, args)),
    wellFormed: !issues.some(({ code }) => code === "invalid_type" || code === "too_small"),
  };
}

function describeIssue(issue: z.core.$ZodIssue, args: unknown): Problem[] {
  const value = valueAt(args, issue.path);
  const { allowed, next, hidden } = (issue.code === "custom" ? (issue.params ?? {}) : {}) as Partial<Refusal>;
  const where = propertyPath(issue.path, "arguments");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ where: propertyPath([...issue.path, key]), reason: "there is no such argument", next: "remove it" }));
  }
  const missing = value === undefined;
  return [
    {
      where,
      reason: missing && issue.code !== "custom" ? "this is missing" : reasonOf(issue),
      ...(missing || hidden || typeof value === "object" ? {} : { received: JSON.stringify(value) }),
      ...(hidden ? { received: "(not shown: it is a secret)" } : {}),
      ...(allowed === undefined ? allowedBy(issue) : { allowed }),
      ...(next === undefined ? {} : { next }),
    },
  ];
}

function reasonOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "too_small" || issue.code === "too_big") {
    return issue.origin === "array" ? "this list is empty" : `this is too ${issue.code === "too_small" ? "small" : "large"}`;
  }
  if (issue.code === "invalid_value") return "this is not one of the values there are";
  if (issue.code === "invalid_type") return "this is of another type";
  return issue.message;
}

function allowedBy(issue: z.core.$ZodIssue): { allowed?: string } {
  switch (issue.code) {
    case "too_small":
      return { allowed: issue.origin === "array" ? "at least one entry" : `${issue.minimum} or more` };
    case "too_big":
      return { allowed: `at most ${issue.maximum}` };
    case "invalid_value":
      return { allowed: issue.values.map(String).join(", ") };
    case "invalid_type":
      return issue.expected === "nonoptional" ? {} : { allowed: issue.expected === "int" ? "a whole number" : issue.expected };
    default:
      return {};
  }
}
