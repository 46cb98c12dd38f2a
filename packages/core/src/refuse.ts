import type { z } from "zod";
import type { Problem } from "./problem.js";

/** A problem that a schema finds; the place and the value received are added by whoever reports it. */
export interface Refusal extends Pick<Problem, "reason" | "allowed" | "next"> {
  /** The value may be a secret and must not be shown. */
  hidden?: boolean;
}

/** Adds a problem to a schema's refinement, in the words that the user will read. `path` is relative to what is refined. */
export function refuse(context: z.core.$RefinementCtx, { reason, ...params }: Refusal, path: PropertyKey[] = []): void {
  context.addIssue({ code: "custom", message: reason, params, path });
}
