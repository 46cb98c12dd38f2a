import { randomBytes } from "node:crypto";

/** NAMEDATALEN - 1: PostgreSQL cuts longer names with a mere notice, and two that are cut may meet. */
const LONGEST_NAME = 63;
const SCRATCH = /_pgkeep_[a-z0-9]{8}$/;
const REPLACED = /_replaced_\d{8}T\d{6}Z(_\d+)?$/;

/** Eight characters that no other restore uses. */
export function scratchSuffix(): string {
  return BigInt(`0x${randomBytes(8).toString("hex")}`)
    .toString(36)
    .padStart(13, "0")
    .slice(-8);
}

/** The name a database has while it is restored, for example `app_pgkeep_4f9k2m1x`; the suffix counts on where that is taken. */
export function scratchName(database: string, suffix: string, taken: ReadonlySet<string>): string {
  for (let number = Number.parseInt(suffix, 36); ; number++) {
    const name = append(database, `_pgkeep_${number.toString(36).padStart(8, "0").slice(-8)}`);
    if (!taken.has(name)) return name;
  }
}

/** The name under which a replaced database stays, for example `app_replaced_20261121T020000Z`; a number follows where that is taken. */
export function replacedName(database: string, time: Date, taken: ReadonlySet<string>): string {
  const suffix = `_replaced_${time.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
  for (let number = 1; ; number++) {
    const name = append(database, number === 1 ? suffix : `${suffix}_${number}`);
    if (!taken.has(name)) return name;
  }
}

/** Whether a database looks like the unfinished work of a restore. */
export function isScratchName(name: string): boolean {
  return SCRATCH.test(name);
}

/** Whether a database looks like one that a restore replaced and kept. */
export function isReplacedName(name: string): boolean {
  return REPLACED.test(name);
}

function append(database: string, suffix: string): string {
  let kept = database;
  // By characters, so that none of several bytes is cut in two.
  while (Buffer.byteLength(kept + suffix) > LONGEST_NAME) kept = [...kept].slice(0, -1).join("");
  return kept + suffix;
}
