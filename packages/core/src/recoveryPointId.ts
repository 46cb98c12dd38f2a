import { ExitCode } from "./exitCode.js";
import { ProblemError } from "./problem.js";

const ID = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-([a-z0-9]{8})$/;

/** The parts of a recovery point's id, for example `20261121T020000Z-4f9k2m1x`. Ids sort by time. */
export interface RecoveryPointId {
  /** The slot of the schedule that the run fills, or the time it began: whole seconds, UTC. */
  slot: Date;
  /** Eight characters of the run's own identity, so that two runs of one slot never meet in one name. */
  run: string;
}

/** Writes an id. `slot` loses its milliseconds. Throws a RangeError when `run` is not eight characters of a-z0-9. */
export function formatRecoveryPointId({ slot, run }: RecoveryPointId): string {
  const text = `${slot.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z-${run}`;
  if (!ID.test(text)) throw new RangeError(`"${text}" is not a recovery point id: run must be eight characters of a-z0-9`);
  return text;
}

/** Reads an id, or throws a ProblemError that says how one looks. */
export function parseRecoveryPointId(text: string): RecoveryPointId {
  const match = ID.exec(text);
  const [, year, month, day, hour, minute, second, run = ""] = match ?? [];
  const slot = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (!match || Number.isNaN(slot.getTime()) || formatRecoveryPointId({ slot, run }) !== text) {
    throw new ProblemError(ExitCode.Usage, {
      where: "recovery point",
      received: text,
      allowed: "an id such as 20261121T020000Z-4f9k2m1x, `latest` or `latest-proven`",
      reason: "this is not the id of a recovery point",
      next: "run `pgkeep list` to see the ids that exist",
    });
  }
  return { slot, run };
}

/** Whether a text is an id, for reading listings that may hold foreign files. */
export function isRecoveryPointId(text: string): boolean {
  try {
    parseRecoveryPointId(text);
    return true;
  } catch {
    return false;
  }
}
