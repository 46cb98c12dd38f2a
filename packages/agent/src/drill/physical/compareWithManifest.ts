import { type Check, counted, type DatabaseRecord, type Manifest, type SequenceRecord, Verdict } from "@pgkeep/core";
import type { ArchiveSummary } from "../../archive/ArchiveSummary.js";
import { shownName } from "../../postgresql/objectName.js";
import type { Session } from "../../postgresql/session.js";
import { differencesFromRecord } from "../../restore/differencesFromRecord.js";
import { shortened } from "./judge.js";

/** How many values ahead a sequence is logged, so that it is that far on after a crash (SEQ_LOG_VALS of sequence.c). */
const LOGGED_AHEAD = 32n;

export function equalityName(database: string, manifest: Manifest): string {
  return `rows of ${database} equal to recovery point ${manifest.id}`;
}

/** That nothing was compared, and why. */
export function notCompared(manifest: Manifest, reason: string): Check[] {
  return manifest.databases.map(({ name }) => ({
    name: equalityName(name, manifest),
    verdict: Verdict.CouldNotVerify,
    details: [reason],
  }));
}

/** Compares rows, sequences and large objects of one database with its record. Only for a copy that is comparable. */
export function compareWithRecord(
  record: DatabaseRecord,
  summary: ArchiveSummary,
  increments: ReadonlyMap<string, bigint>,
  manifest: Manifest,
): Check {
  const name = equalityName(record.name, manifest);
  const rows = differencesFromRecord({ ...record, sequences: [] }, { ...summary, sequences: [] });
  const sequences = compareSequences(record.sequences, summary.sequences, increments);
  const differences = [...rows, ...sequences.differences];
  if (differences.length > 0) return { name, verdict: Verdict.Fail, details: shortened(differences) };
  const ahead = sequences.ahead === 0 ? "" : `, ${sequences.ahead} of them ahead as after a crash`;
  return {
    name,
    verdict: Verdict.Pass,
    details: [
      `${counted(record.tables.length, "table")}, ${counted(record.sequences.length, "sequence")}${ahead}, ${counted(record.largeObjects.count, "large object")}`,
    ],
  };
}

function compareSequences(
  recorded: readonly SequenceRecord[],
  found: readonly SequenceRecord[],
  increments: ReadonlyMap<string, bigint>,
): { differences: string[]; ahead: number } {
  const left = new Map(found.map((sequence) => [shownName(sequence.schema, sequence.name), sequence]));
  const differences: string[] = [];
  let ahead = 0;
  for (const before of recorded) {
    const name = shownName(before.schema, before.name);
    const now = left.get(name);
    left.delete(name);
    if (now === undefined) differences.push(`sequence ${name}: missing`);
    else if (now.value === before.value && now.isCalled === before.isCalled) continue;
    else if (isAhead(before, now, increments.get(name))) ahead += 1;
    else differences.push(`sequence ${name}: ${now.value}, was ${before.value}`);
  }
  return { differences: [...differences, ...[...left.keys()].map((name) => `sequence ${name}: was not backed up`)], ahead };
}

function isAhead(before: SequenceRecord, now: SequenceRecord, increment: bigint | undefined): boolean {
  if (increment === undefined || !now.isCalled) return false;
  const by = (BigInt(now.value) - BigInt(before.value)) * (increment < 0n ? -1n : 1n);
  return by >= 0n && by <= LOGGED_AHEAD * (increment < 0n ? -increment : increment) + (before.isCalled ? 0n : 1n);
}

/** By how much each sequence goes on. */
export async function readIncrements(session: Session): Promise<Map<string, bigint>> {
  const rows = await session.query<{ schema: string; name: string; increment: string }>(
    `SELECT n.nspname AS schema, c.relname AS name, s.seqincrement::text AS increment
       FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace`,
  );
  return new Map(rows.map(({ schema, name, increment }) => [shownName(schema, name), BigInt(increment)]));
}
