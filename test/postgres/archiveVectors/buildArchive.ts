import type { ArchiveEntry } from "../../../packages/agent/src/archive/ArchiveEntry.js";

/** Writes archives that no pg_dump would write, for the tests of the reader. The primitives are those of pg_backup_archiver.c. */
export const integer = (value: number): Buffer => {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8(value < 0 ? 1 : 0, 0);
  bytes.writeUInt32LE(Math.abs(value), 1);
  return bytes;
};

export const text = (value: string | undefined): Buffer =>
  value === undefined ? integer(-1) : Buffer.concat([integer(Buffer.byteLength(value)), Buffer.from(value)]);

export const header = (bytes: number[] = [1, 16, 0, 4, 8, 1, 0]): Buffer =>
  Buffer.concat([
    Buffer.from("PGDMP"),
    Buffer.from(bytes),
    ...[29, 3, 5, 21, 10, 126, 0].map(integer),
    ...["db", "18.4", "18.4"].map(text),
  ]);

export interface BuiltEntry extends Partial<Omit<ArchiveEntry, "relationKind">> {
  dumpId: number;
  /** As in the archive: 1 not set, 2 set, 3 no data. */
  offsetState?: number;
  offset?: number;
}

export const entry = (e: BuiltEntry): Buffer => {
  const offset = Buffer.alloc(9);
  offset.writeUInt8(e.offsetState ?? (e.hadData === true ? 1 : 3), 0);
  offset.writeBigUInt64LE(BigInt(e.offset ?? 0), 1);
  return Buffer.concat([
    integer(e.dumpId),
    integer(e.hadData === true ? 1 : 0),
    text(e.tableOid ?? "0"),
    text(e.oid ?? "0"),
    text(e.tag ?? ""),
    text(e.description ?? ""),
    integer(e.section ?? 3),
    text(e.definition),
    text(e.dropStatement),
    text(e.copyStatement),
    text(e.namespace),
    text(e.tablespace),
    text(e.accessMethod),
    integer(0),
    text(e.owner ?? "postgres"),
    text("false"),
    ...(e.dependencies ?? []).map((id) => text(String(id))),
    text(undefined),
    offset,
  ]);
};

export const table = (dumpId: number, tag: string, columns: string[] = ["a"]): BuiltEntry => ({
  dumpId,
  hadData: true,
  description: "TABLE DATA",
  namespace: "public",
  tag,
  copyStatement: `COPY public.${tag} (${columns.join(", ")}) FROM stdin;\n`,
});

export const chunks = (...parts: (string | Buffer)[]): Buffer =>
  Buffer.concat([...parts.flatMap((part) => [integer(Buffer.byteLength(part)), Buffer.from(part)]), integer(0)]);

export const END_OF_ROWS = "\\.\n\n\n";

export const rows = (dumpId: number, ...parts: (string | Buffer)[]): Buffer =>
  Buffer.concat([Buffer.from([1]), integer(dumpId), chunks(...parts)]);

export const archive = (entries: BuiltEntry[], ...blocks: Buffer[]): Buffer =>
  Buffer.concat([header(), integer(entries.length), ...entries.map(entry), ...blocks]);
