import { createHash, randomBytes } from "node:crypto";
import { ExitCode, ProblemError } from "@pgkeep/core";
import { z } from "zod";

/** Names one run and one attempt at it. */
export interface RunIdentity {
  /** The slot of the schedule that the run fills, or the time it began. */
  slot: Date;
  /** Eight characters that two runs never share. */
  run: string;
  /** Eight characters that two attempts at one run never share. */
  attempt: string;
}

/**
 * The identity of this run: of PGKEEP_RUN_ID (for example a Job's UID) and PGKEEP_SLOT (an ISO time) where they are given, so that a second
 * attempt of one run bears the same id and finds what the first committed; else of now and of chance.
 */
export function runIdentity(environment: NodeJS.ProcessEnv, now = new Date()): RunIdentity {
  const { PGKEEP_RUN_ID: run, PGKEEP_SLOT: slot } = environment;
  if (run && !slot) {
    throw new ProblemError(ExitCode.Configuration, {
      where: "PGKEEP_SLOT",
      reason:
        "PGKEEP_RUN_ID is set and this is not: a second attempt of the run would get another id and not find what the first committed",
      allowed: "the time of the run's slot, for example 2026-11-21T02:00:00Z",
      next: "set both or neither",
    });
  }
  return {
    slot: slot ? parseSlot(slot) : now,
    run: shortName(run ? createHash("sha256").update(run).digest() : randomBytes(8)),
    attempt: shortName(randomBytes(8)),
  };
}

function parseSlot(text: string): Date {
  // Not by Date alone, for which 30 February is a day in March.
  if (z.iso.datetime({ offset: true }).safeParse(text).success) return new Date(text);
  throw new ProblemError(ExitCode.Configuration, {
    where: "PGKEEP_SLOT",
    received: text,
    allowed: "an ISO time with a zone, for example 2026-11-21T02:00:00Z",
    reason: "this is not a time",
    next: "correct or unset it",
  });
}

/** 40 bits as eight characters of a-z0-9; a million runs of one second would have to meet for an even chance of a clash. */
function shortName(bytes: Uint8Array): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  let bits = BigInt(`0x${Buffer.from(bytes.subarray(0, 5)).toString("hex")}`);
  let name = "";
  for (let i = 0; i < 8; i += 1) {
    name += alphabet[Number(bits & 31n)];
    bits >>= 5n;
  }
  return name;
}
