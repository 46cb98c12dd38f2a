/** The engine, the program or a provider refused. */
export class EngineFailure extends Error {
  override readonly name = "EngineFailure";

  constructor(
    /** The messages of severity error, as `pulumi` prints them under Diagnostics. */
    readonly diagnostics: readonly string[],
    /** All that it printed, without what differs from run to run. */
    readonly text: string,
    cause: unknown,
  ) {
    // Where the engine said something, the cause says the same again, at length.
    super(diagnostics.length > 0 ? diagnostics.join("\n") : String(cause), diagnostics.length > 0 ? {} : { cause });
  }
}
