import type { DatabaseRecord, Manifest } from "../manifest.js";
import { formatSize } from "../size.js";
import type { AnomalyThresholds } from "./anomalyConfig.js";
import { isIgnoredTable } from "./ignoredTables.js";
import { AnomalyKind, type Suspicion } from "./Suspicion.js";

/** What a comparison needs of a manifest; one that is not sealed yet will do. */
export type ComparedManifest = Pick<Manifest, "databases">;

type Table = DatabaseRecord["tables"][number];

/**
 * What is suspicious about a recovery point beside its base, the last good one before it: databases and tables that are gone, tables that were
 * emptied, rows and bytes that were lost, in the order of the base. Empty when nothing is. Databases and tables that are new are never
 * suspicious.
 */
export function findSuspicions(base: ComparedManifest, now: ComparedManifest, thresholds: AnomalyThresholds): Suspicion[] {
  const present = new Map(now.databases.map((database) => [database.name, database]));
  const findings = base.databases.flatMap((before): Suspicion[] => {
    const after = present.get(before.name);
    return after ? compareDatabase(before, after, thresholds) : [missingDatabase(before)];
  });
  return findings.filter(({ kind }) => thresholds.check.includes(kind));
}

function compareDatabase(before: DatabaseRecord, after: DatabaseRecord, thresholds: AnomalyThresholds): Suspicion[] {
  const judged = ({ schema, name }: Table) => !isIgnoredTable({ database: before.name, schema, name }, thresholds.ignoreTables);
  const tables = new Map(after.tables.map((table) => [tableKey(table), table]));
  const old = before.tables.filter(judged);
  return [
    ...old.flatMap((table) => compareTable(before.name, table, tables.get(tableKey(table)), thresholds)),
    ...compareRows(before.name, rowsOf(old), rowsOf(after.tables.filter(judged)), thresholds),
    ...compareSizes(before, after, thresholds),
  ];
}

function compareTable(database: string, before: Table, after: Table | undefined, thresholds: AnomalyThresholds): Suspicion[] {
  const table = { schema: before.schema, name: before.name };
  const rows = before.digest.rows;
  const now = after?.digest.rows ?? 0;
  const finding = (kind: AnomalyKind, reason: string): Suspicion[] => [{ kind, database, table, before: rows, now, reason }];
  const shown = `table ${before.schema}.${before.name} of ${database}`;
  // With the check of missing or emptied tables off, either is still a table that lost its rows.
  if (!after && thresholds.check.includes(AnomalyKind.MissingTable)) {
    return rows >= thresholds.emptiedFrom ? finding(AnomalyKind.MissingTable, `${shown} is gone; it had ${rows} rows`) : [];
  }
  if (now === 0 && thresholds.check.includes(AnomalyKind.EmptiedTable)) {
    return rows >= thresholds.emptiedFrom ? finding(AnomalyKind.EmptiedTable, `${shown} is empty; it had ${rows} rows`) : [];
  }
  if (rows < thresholds.leastRows || !lostMore(rows, now, thresholds.lostRows)) return [];
  return finding(AnomalyKind.TableRows, `${shown} has ${now} rows, ${lostText(rows, now)} fewer than the ${rows} it had`);
}

function compareRows(database: string, before: number, now: number, { leastRows, lostRows }: AnomalyThresholds): Suspicion[] {
  if (before < leastRows || !lostMore(before, now, lostRows)) return [];
  const reason = `database ${database} has ${now} rows, ${lostText(before, now)} fewer than the ${before} it had`;
  return [{ kind: AnomalyKind.TotalRows, database, table: null, before, now, reason }];
}

function compareSizes(before: DatabaseRecord, after: DatabaseRecord, thresholds: AnomalyThresholds): Suspicion[] {
  const [old, now] = [before.object.plainBytes, after.object.plainBytes];
  if (old < thresholds.leastBytes) return [];
  const finding = (kind: AnomalyKind, difference: string): Suspicion[] => [
    {
      kind,
      database: before.name,
      table: null,
      before: old,
      now,
      reason: `the dump of ${before.name} has ${formatSize(now)} before compression, ${difference} the ${formatSize(old)} it had`,
    },
  ];
  if (lostMore(old, now, thresholds.lostBytes)) return finding(AnomalyKind.Size, `${lostText(old, now)} less than`);
  return now > old * thresholds.growth ? finding(AnomalyKind.Growth, `more than ${thresholds.growth} times`) : [];
}

function missingDatabase({ name, tables }: DatabaseRecord): Suspicion {
  const reason = `database ${name} is not in it; it had ${tables.length === 1 ? "1 table" : `${tables.length} tables`}`;
  return { kind: AnomalyKind.MissingDatabase, database: name, table: null, before: tables.length, now: 0, reason };
}

/** Whether more per cent is lost than may be. Multiplied, not divided, so that a limit is met exactly. */
function lostMore(before: number, now: number, percent: number): boolean {
  return (before - now) * 100 > before * percent;
}

function lostText(before: number, now: number): string {
  return `${Math.floor(((before - now) / before) * 1000) / 10} %`;
}

function rowsOf(tables: readonly Table[]): number {
  return tables.reduce((sum, { digest }) => sum + digest.rows, 0);
}

function tableKey({ schema, name }: Table): string {
  return JSON.stringify([schema, name]);
}
