import type { Existing } from "./ResourceKind.js";

/** What was made is there, and did not become what it should: the engine keeps it in the state, and the deployment fails. */
export class InitializationFailure extends Error {
  override readonly name = "InitializationFailure";

  constructor(
    readonly existing: Existing,
    /** What is told, the most important first. */
    readonly reasons: string[],
  ) {
    super(reasons[0]);
  }
}
