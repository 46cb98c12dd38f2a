import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { ArchiveReader, type ArchiveSummary } from "../../../packages/agent/src/archive/ArchiveReader.js";
import { readContents } from "../../../packages/agent/src/archive/readContents.js";
import { type Expectation, sorted } from "./makeVectors.js";
import { naiveSums } from "./naiveXxHash64.js";

/** Reference archives, written by `PGKEEP_WRITE_VECTORS=1 npx vitest run test/postgres/archiveVectors/liveArchives.test.ts`. */
const file = (name: string) => readFileSync(new URL(`./${name}`, import.meta.url));

function read(archive: Buffer, options?: ConstructorParameters<typeof ArchiveReader>[0]): ArchiveSummary {
  const reader = new ArchiveReader(options);
  reader.write(archive);
  return reader.end();
}

describe.for([
  [15, "1.14"],
  [16, "1.15"],
  [18, "1.16"],
] as const)("the reference archives of pg_dump %s", ([major, version]) => {
  const expected = JSON.parse(file(`${major}-expected.json`).toString()) as Expectation;

  it.for(["pipe", "file"])("%s: rows, digests, sequences and large objects are what SQL and COPY said", (kind) => {
    const archive = file(`${major}-${kind}.dump`);
    const summary = read(archive);
    expect(summary.header).toMatchObject({ version, compression: "none", database: "vectors" });
    expect(sorted(summary)).toEqual(expected);
    expect(summary.unread).toEqual([]);
    expect(summary.bytes).toBe(archive.length);
  });

  it("byte by byte, the same", () => {
    const archive = file(`${major}-pipe.dump`);
    const reader = new ArchiveReader();
    for (let at = 0; at < archive.length; at += 1) reader.write(archive.subarray(at, at + 1));
    expect(reader.end()).toEqual(read(archive));
    expect(reader.end()).toBe(reader.end());
  });

  it("gzip: entries and sequences are read, rows are said not to be", () => {
    const summary = read(file(`${major}-gzip.dump`));
    expect(summary.header.compression).toBe("gzip");
    expect(sorted(summary).sequences).toEqual(expected.sequences);
    expect(summary.tables).toEqual([]);
    expect(summary.unread).toHaveLength(expected.tables.length + 1);
    expect(summary.largeObjects.count).toBe(expected.largeObjects.count);
  });

  // The builds of PostgreSQL at hand have neither; the header's byte is the only difference to a reader that passes over the data.
  const others: [number, string][] = [
    [2, "lz4"],
    [3, "zstd"],
  ];
  it.for(major >= 16 ? others : [])("%s is %s: passed over likewise", ([algorithm, name]) => {
    const archive = file(`${major}-gzip.dump`);
    const gzip = read(archive);
    archive.writeUInt8(algorithm, 11);
    const summary = read(archive);
    expect(summary.header).toEqual({ ...gzip.header, compression: name });
    expect(summary.unread[0]?.reason).toBe(`rows not read: compressed with ${name}`);
    expect(summary.unread).toHaveLength(gzip.unread.length);
  });

  it("INSERT statements: rows are said not to be read", () => {
    expect(read(file(`${major}-inserts.dump`))).toMatchObject({
      tables: [],
      unread: [{ table: { schema: "public", name: "twins" }, reason: "rows not read: dumped as INSERT statements" }],
    });
  });

  it("entries hold what their kind has", () => {
    const { entries } = read(file(`${major}-pipe.dump`));
    const entry = (description: string, tag: string) => entries.find((one) => one.description === description && one.tag === tag);
    expect(entry("TABLE", 'ta"ble.(x) FROM stdin;')).toMatchObject({
      namespace: "Weird, (schema)",
      owner: "postgres",
      section: 2,
      hadData: false,
    });
    expect(entry("TABLE", "one_column")).toMatchObject({
      owner: "vector_owner",
      accessMethod: "heap",
      relationKind: major === 18 ? "r" : "",
    });
    expect(entry("COMMENT", "TABLE twins")?.definition).toBe("COMMENT ON TABLE public.twins IS 'Wie es euch gefällt';\n");
    expect(entry("ACL", "TABLE twins")?.definition).toContain("GRANT SELECT ON TABLE public.twins TO vector_owner;\n");
    expect(entry("FUNCTION", "add_one(integer, integer)")?.definition).toContain("SELECT a + b -- 'quoted'");
    const constraint = entry("CONSTRAINT", "without_rows without_rows_pkey");
    expect(constraint?.section).toBe(4);
    expect(constraint?.dependencies).toContain(entry("TABLE", "without_rows")?.dumpId);
    expect(entry("TABLE DATA", "without_columns")?.copyStatement).toBe("COPY public.without_columns  FROM stdin;\n");
  });

  it("the columns of a child hashed in another order have the digest of a table that was made in that order", () => {
    const order = ["c", "a", "d", "b"];
    const columnOrder = (schema: string, table: string) => (schema === "public" && table === "child" ? order : undefined);
    const child = ({ tables }: { tables: Expectation["tables"] }) => tables.find(({ name }) => name === "child");
    const permuted = read(file(`${major}-pipe.dump`), { columnOrder });
    const plain = child(expected);
    expect(plain?.columns).toEqual(["a", "b", "c", "d"]);
    expect(child(permuted)).toEqual({ ...plain, columns: order, digest: { ...plain?.digest, hash: child(permuted)?.digest.hash } });
    expect(child(permuted)?.digest.hash).toBe(naiveSums(["2024-01-01\t1\t10\tone", "\\N\t2\t20\t\\N"].map((row) => Buffer.from(row))));
    expect(sorted(permuted).tables.filter(({ name }) => name !== "child")).toEqual(expected.tables.filter(({ name }) => name !== "child"));
    expect(read(file(`${major}-pipe.dump`), { columnOrder: () => ["a", "b"] })).toEqual(read(file(`${major}-pipe.dump`)));
  });

  it("the contents alone, without reading on", async () => {
    const archive = file(`${major}-pipe.dump`);
    const { header, entries } = read(archive);
    let given = 0;
    const stream = Readable.from(
      (function* () {
        for (let at = 0; at < archive.length; at += 512) {
          given = at + 512;
          yield archive.subarray(at, at + 512);
        }
      })(),
      { highWaterMark: 1, objectMode: true },
    );
    expect(await readContents(stream)).toEqual({ header, entries });
    expect(stream.destroyed).toBe(true);
    expect(given).toBeLessThan(archive.length);
    await expect(readContents(Readable.from([archive.subarray(0, 5000)]))).rejects.toThrow(
      /the archive is cut: it ends inside entry \d+ of/,
    );
  });
});
