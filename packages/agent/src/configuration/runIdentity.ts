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
  /** The run has a name and its slot is not known, so that another attempt at it began at another time. */
  slotIsBeginning?: true;
}

/**
 * The identity of this run: of PGKEEP_RUN_ID (for example a Job's UID) and PGKEEP_SLOT (an ISO time) where they are given, so that a second
 * attempt of one run bears the same id and finds what the first committed; else of now and of chance. In place of the slot, PGKEEP_JOB_NAME may
 * be the name of a Job of Kubernetes. One that somebody made by hand has none: `earlierSlot` then finds the time under which an attempt committed.
 */
export function runIdentity(environment: NodeJS.ProcessEnv, now = new Date()): RunIdentity {
  const { PGKEEP_RUN_ID: run, PGKEEP_SLOT: slot, PGKEEP_JOB_NAME: job } = environment;
  const jobSlot = job ? slotOfJob(job) : undefined;
  if (run && !slot && !job) {
    throw new ProblemError(ExitCode.Configuration, {
      where: "PGKEEP_SLOT",
      reason:
        "PGKEEP_RUN_ID is set and this is not: a second attempt of the run would get another id and not find what the first committed",
      allowed: "the time of the run's slot, for example 2026-11-21T02:00:00Z",
      next: "set both or neither; for a Job of Kubernetes PGKEEP_JOB_NAME, its name, does as well",
    });
  }
  return {
    slot: slot ? parseSlot(slot) : (jobSlot ?? now),
    run: shortName(run ? createHash("sha256").update(run).digest() : randomBytes(8)),
    attempt: shortName(randomBytes(8)),
    ...(run && !slot && jobSlot === undefined ? { slotIsBeginning: true } : {}),
  };
}

/** Dates such as 20261121 and 20991231, which people put behind the names of Jobs, are minutes of years before this. */
const FIRST_SLOT = Date.UTC(2020, 0, 1);

/**
 * The slot of a Job that a CronJob made: the controller names it `<cronjob>-<minutes since 1970>`
 * (getJobName in github.com/kubernetes/kubernetes/blob/v1.36.0/pkg/controller/cronjob/utils.go). Undefined for another name. The name alone decides,
 * and not the time it is now, so that every attempt reads the same.
 */
function slotOfJob(name: string): Date | undefined {
  const [, minutes] = /-(\d{8})$/.exec(name) ?? [];
  const slot = new Date(Number(minutes) * 60_000);
  return slot.getTime() >= FIRST_SLOT ? slot : undefined;
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
