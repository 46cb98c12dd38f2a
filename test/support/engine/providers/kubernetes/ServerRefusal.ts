import type { PlainProperties } from "../wireValues.js";

/** What the API server says no with: its `Status`. */
export class ServerRefusal extends Error {
  override readonly name = "ServerRefusal";

  constructor(
    /** The HTTP status. */
    readonly status: number,
    /** `Invalid`, `Conflict`, `Forbidden`, `NotFound` … */
    readonly reason: string,
    message: string,
    readonly details: PlainProperties = {},
  ) {
    super(message);
  }
}
