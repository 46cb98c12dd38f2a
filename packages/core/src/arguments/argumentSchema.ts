import { z } from "zod";
import { type Refusal, refuse } from "../refuse.js";

/** A value that is known only during the deployment: an Output or a promise. Judged when it is there. */
export function isDeferred(value: unknown): boolean {
  return typeof value === "object" && value !== null && ("__pulumiOutput" in value || "then" in value || "apply" in value);
}

/** The schema of an argument that may be an Output (a Pulumi `Input`), applied where its value is known already. */
export function requiredLeaf(schema: z.ZodType): z.ZodType {
  return z.unknown().superRefine((value, context) => {
    if (isDeferred(value)) return;
    for (const issue of schema.safeParse(value).error?.issues ?? []) context.addIssue({ ...issue, input: value } as never);
  });
}

/** The same where it may be left out. */
export function leaf(schema: z.ZodType) {
  return requiredLeaf(schema).optional();
}

/** A text that a rule judges: it returns what is wrong with it, or nothing. */
export function judgedText(problemOf: (value: string) => string | undefined, params: Omit<Refusal, "reason"> = {}): z.ZodType<string> {
  return z.string().superRefine((value, context) => {
    const reason = problemOf(value);
    if (reason !== undefined) refuse(context, { reason, ...params });
  });
}

/** A text that is not empty. */
export const nonEmptyText = judgedText((value) => (value === "" ? "this is empty" : undefined));
