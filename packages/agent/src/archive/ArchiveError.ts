import { ExitCode, ProblemError } from "@pgkeep/core";

/** The bytes are not a whole archive of pg_dump's custom format, of a version that is known here. */
export class ArchiveError extends ProblemError {
  constructor(
    /** Where in the archive, in bytes from its start. */
    readonly position: number,
    reason: string,
    details: { received?: string; allowed?: string; next?: string } = {},
  ) {
    super(ExitCode.DataWrong, {
      where: `archive, byte ${position}`,
      reason,
      next: "this copy is cut, damaged or not pg_dump's: use another copy, another recovery point, or dump again",
      ...details,
    });
  }
}
