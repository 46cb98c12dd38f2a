import { describe, expect, it } from "vitest";
import {
  archive,
  type BuiltEntry,
  chunks,
  END_OF_ROWS,
  entry,
  header,
  integer,
  rows,
  table,
  text,
} from "../../../../test/postgres/archiveVectors/buildArchive.js";
import { naiveSums } from "../../../../test/postgres/archiveVectors/naiveXxHash64.js";
import { ArchiveError } from "./ArchiveError.js";
import { ArchiveReader, type ArchiveReaderOptions } from "./ArchiveReader.js";

function read(bytes: Uint8Array, options?: ArchiveReaderOptions) {
  const reader = new ArchiveReader(options);
  reader.write(bytes);
  return reader.end();
}

const sums = (...items: string[]) => naiveSums(items.map((item) => Buffer.from(item)));
const sequence: BuiltEntry = {
  dumpId: 9,
  description: "SEQUENCE SET",
  namespace: "public",
  tag: "s",
  definition: "SELECT pg_catalog.setval('public.s', 7, true);\n",
};
const blobs: BuiltEntry = { dumpId: 5, hadData: true, description: "BLOBS", tag: "BLOBS" };

describe("an archive", () => {
  it("without anything is whole", () =>
    expect(read(archive([]))).toMatchObject({
      entries: [],
      tables: [],
      sequences: [],
      unread: [],
      largeObjects: { count: 0, bytes: 0, hash: "0".repeat(32) },
    }));

  it("tells its contents once, before its data", () => {
    const seen: unknown[] = [];
    const reader = new ArchiveReader({ onContents: (head, entries) => seen.push([head.version, entries.map(({ tag }) => tag)]) });
    const bytes = archive([table(1, "t"), sequence], rows(1, "1\n", END_OF_ROWS));
    const contents = archive([table(1, "t"), sequence]).length;
    reader.write(bytes.subarray(0, contents - 1));
    expect(seen).toEqual([]);
    reader.write(bytes.subarray(contents - 1, contents));
    expect(seen).toEqual([["1.16", ["t", "s"]]]);
    reader.write(bytes.subarray(contents));
    expect(reader.end()).toMatchObject({ sequences: [{ schema: "public", name: "s", value: "7", isCalled: true }] });
    expect(seen).toHaveLength(1);
  });

  it("has its tables in the order of its entries, whatever the order of the data", () => {
    const { tables } = read(archive([table(1, "t"), table(2, "u")], rows(2, END_OF_ROWS), rows(1, END_OF_ROWS)));
    expect(tables.map(({ name }) => name)).toEqual(["t", "u"]);
  });

  it("keeps throwing the error of its first wrong byte", () => {
    const reader = new ArchiveReader();
    expect(() => reader.write(Buffer.from("nothing"))).toThrow(ArchiveError);
    expect(() => reader.write(archive([]))).toThrow("byte 0: this is not an archive");
    expect(() => reader.end()).toThrow("byte 0: this is not an archive");
  });

  it("that is empty is cut", () =>
    expect(() => new ArchiveReader().end()).toThrow("archive, byte 0: the archive is cut: it ends inside its header"));

  it("says what is missing when it is cut", () => {
    const whole = archive([table(1, "t"), table(2, "u")], rows(1, "1\n", END_OF_ROWS), rows(2, "2\n", END_OF_ROWS));
    expect(() => read(whole.subarray(0, whole.length - 1))).toThrow("it ends inside the data of TABLE DATA public u");
    expect(() => read(archive([table(1, "t"), table(2, "u")]))).toThrow("it ends inside its data, of which 2 of 2 blocks are missing");
    expect(() => read(header())).toThrow("it ends inside its table of contents");
  });
});

describe("rows", () => {
  const digest = (columns: string[], ...parts: (string | Buffer)[]) =>
    read(archive([table(1, "t", columns)], rows(1, ...parts))).tables[0]?.digest;
  const three = { rows: 3, bytes: 8, hash: sums("1", "22", "\\\\.") };

  it("one per chunk", () => expect(digest(["a"], "1\n", "22\n", "\\\\.\n", END_OF_ROWS)).toEqual({ ...three, bytes: 9 }));
  it("several in one chunk, one in several", () =>
    expect(digest(["a"], "1\n2", "2\n\\", "\\.", `\n${END_OF_ROWS}`)).toEqual({ ...three, bytes: 9 }));
  it("in chunks of one byte", () => expect(digest(["a"], ...`1\n22\n\\\\.\n${END_OF_ROWS}`)).toEqual({ ...three, bytes: 9 }));
  it("in another order have the same digest", () =>
    expect(digest(["a"], "22\n", "\\\\.\n", "1\n", END_OF_ROWS)).toEqual({ ...three, bytes: 9 }));
  it("none", () => expect(digest(["a"], END_OF_ROWS)).toEqual({ rows: 0, bytes: 0, hash: "0".repeat(32) }));
  it("of no columns are empty lines until the line that ends them", () => {
    const none = { ...table(1, "t"), copyStatement: "COPY public.t  FROM stdin;\n" };
    const { tables } = read(archive([none], rows(1, "\n", "\n", END_OF_ROWS)));
    expect(tables).toEqual([{ schema: "public", name: "t", columns: [], digest: { rows: 2, bytes: 2, hash: sums("", "") } }]);
  });
  it("that differ in one byte differ in the digest", () =>
    expect(digest(["a"], "1\n", "23\n", "\\\\.\n", END_OF_ROWS)?.hash).not.toBe(three.hash));

  it.for([
    ["nothing at all", []],
    ["no line that ends them", ["1\n"]],
    ["half a row before it", ["1\n", "2"]],
    ["a row behind it", ["1\n", END_OF_ROWS, "2\n"]],
    ["a row in the chunk that ends them", ["1\n", "\\.\n2\n"]],
    ["no newline behind it", ["1\n", "\\."]],
  ] as const)("with %s are refused", ([, parts]) =>
    expect(() => digest(["a"], ...parts)).toThrow(/do not end with \\\. as they should|something follows the line \\\./),
  );

  it("are hashed with their fields in the order that is asked for", () => {
    const bytes = archive(
      [table(1, "t", ["a", "b", "c"]), table(2, "u", ["a", "b", "c"])],
      rows(1, "1\t2\t3\n", "4\t", "5\t6\n", END_OF_ROWS),
      rows(2, "1\t2\t3\n", END_OF_ROWS),
    );
    const { tables } = read(bytes, { columnOrder: (schema, name) => (`${schema}.${name}` === "public.t" ? ["c", "a", "b"] : undefined) });
    expect(tables).toEqual([
      { schema: "public", name: "t", columns: ["c", "a", "b"], digest: { rows: 2, bytes: 12, hash: sums("3\t1\t2", "6\t4\t5") } },
      { schema: "public", name: "u", columns: ["a", "b", "c"], digest: { rows: 1, bytes: 6, hash: sums("1\t2\t3") } },
    ]);
    expect(() => read(archive([table(1, "t", ["a", "b"])], rows(1, "1\t2\t3\n", END_OF_ROWS)), { columnOrder: () => ["b", "a"] })).toThrow(
      "a row has not as many fields as its table has columns",
    );
  });

  it("of a gigabyte are hashed without being held", () => {
    const length = 1_000_000_000;
    const beginning = archive([table(1, "t")], Buffer.from([1]), integer(1), integer(length));
    const part = Buffer.alloc(1_000_000, "0123456789");
    const hasher = new ArchiveReader();
    hasher.write(beginning);
    const before = process.memoryUsage();
    let most = 0;
    for (let done = 0; done < length; done += part.length) {
      if (done + part.length === length) part.writeUInt8(10, part.length - 1);
      hasher.write(part);
      if (done % 50_000_000 === 0) most = Math.max(most, process.memoryUsage().rss);
    }
    hasher.write(chunks(END_OF_ROWS));
    expect(hasher.end().tables[0]?.digest).toMatchObject({ rows: 1, bytes: length });
    expect(most - before.rss).toBeLessThan(100_000_000);
  });

  it("cost the same however small their chunks are", () => {
    const began = performance.now();
    const ones = Buffer.alloc(6 * 500_000, Buffer.concat([integer(1), Buffer.from("x")]));
    const bytes = archive([table(1, "t", ["a", "b"])], Buffer.from([1]), integer(1), ones, chunks("\tx\n", END_OF_ROWS));
    expect(read(bytes).tables[0]?.digest.bytes).toBe(500_003);
    expect(read(bytes, { columnOrder: () => ["b", "a"] }).tables[0]?.digest).toMatchObject({ rows: 1, bytes: 500_003 });
    expect(performance.now() - began).toBeLessThan(5000);
  });
});

describe("large objects", () => {
  const object = (oid: number, ...parts: string[]) => Buffer.concat([integer(oid), chunks(...parts)]);
  const block = (dumpId: number, ...objects: Buffer[]) => Buffer.concat([Buffer.from([3]), integer(dumpId), ...objects, integer(0)]);

  it("are digested over all groups, with their oids, the largest as C writes them", () => {
    const bytes = archive(
      [blobs, { ...blobs, dumpId: 6 }],
      block(5, object(16400, "one ", "object"), object(16401)),
      block(6, object(4294967295 - 2 ** 32, "last")),
    );
    expect(read(bytes).largeObjects).toEqual({ count: 3, bytes: 14, hash: sums("16400\none object", "16401\n", "4294967295\nlast") });
  });

  it("of exchanged contents differ", () => {
    const hash = (a: string, b: string) => read(archive([blobs], block(5, object(1, a), object(2, b)))).largeObjects.hash;
    expect(hash("a", "b")).not.toBe(hash("b", "a"));
  });
});

describe("data blocks", () => {
  const data = rows(1, END_OF_ROWS);
  it.for([
    ["of no entry", [table(1, "t")], [rows(4, END_OF_ROWS)], "no entry has the dump id of this data block\n  received: dump id 4"],
    [
      "of an entry without data",
      [table(1, "t"), sequence],
      [rows(9, END_OF_ROWS)],
      "SEQUENCE SET public s has more than one data block, or should have none",
    ],
    ["twice", [table(1, "t"), table(2, "u")], [data, data], "TABLE DATA public t has more than one data block"],
    [
      "of another type",
      [table(1, "t")],
      [Buffer.concat([Buffer.from([3]), data.subarray(1)])],
      "TABLE DATA public t has a data block of the wrong type\n  received: large objects",
    ],
    [
      "of rows where large objects should be",
      [blobs],
      [rows(5, END_OF_ROWS)],
      "BLOBS BLOBS has a data block of the wrong type\n  received: data",
    ],
    [
      "of no known type",
      [table(1, "t")],
      [Buffer.concat([Buffer.from([2]), data.subarray(1)])],
      "the type of a data block is not known\n  received: 2\n  allowed:  data, large objects",
    ],
    [
      "elsewhere than noted",
      [{ ...table(1, "t"), offsetState: 2, offset: 77 }],
      [data],
      "its data block is not where its entry says\n  allowed:  byte 77",
    ],
    ["with bytes behind the last", [table(1, "t")], [data, Buffer.from([0])], "bytes follow the archive's end"],
    [
      "with a chunk of negative length",
      [table(1, "t")],
      [Buffer.concat([Buffer.from([1]), integer(1), integer(-5)])],
      "the length of a chunk of data is out of range\n  received: -5",
    ],
    [
      "with a damaged integer",
      [table(1, "t")],
      [Buffer.concat([Buffer.from([1]), integer(1), Buffer.from([2, 0, 0, 0, 0])])],
      "is a damaged integer\n  received: sign byte 2",
    ],
  ] as [string, BuiltEntry[], Buffer[], string][])("%s are refused", ([, entries, blocks, message]) => {
    expect(() => read(archive(entries, ...blocks))).toThrow(ArchiveError);
    expect(() => read(archive(entries, ...blocks))).toThrow(message);
  });
});

describe("entries", () => {
  it.for([
    ["with one dump id", [table(1, "t"), table(1, "u")], "two entries have one dump id\n  received: 1"],
    [
      "with data of an unknown kind",
      [{ ...table(1, "t"), description: "NOVELTY" }],
      "an entry has data of a kind that is not known\n  received: NOVELTY",
    ],
    ["whose marks of data disagree", [{ ...table(1, "t"), offsetState: 3 }], "TABLE DATA public t: two marks disagree whether it has data"],
    ["of table data without data", [{ ...table(1, "t"), hadData: false }], "TABLE DATA public t should have data"],
    [
      "with a COPY statement that is none",
      [{ ...table(1, "t"), copyStatement: "COPY nonsense" }],
      "TABLE DATA public t: its COPY statement cannot be read",
    ],
    [
      "with a sequence that is set to nothing",
      [{ ...sequence, definition: "SELECT 1;" }],
      "SEQUENCE SET public s: its definition sets no sequence",
    ],
    ["with a dump id of 0", [table(0, "t")], "a dump id is out of range\n  received: 0"],
    ["with an oid that is no number", [{ ...table(1, "t"), oid: "12x" }], 'an oid is not a number\n  received: "12x"'],
    ["of no section", [{ ...table(1, "t"), section: 5 }], "an entry's section is out of range"],
    ["with an offset of no state", [{ ...table(1, "t"), offsetState: 4 }], "the state of an entry's offset is not known\n  received: 4"],
  ] as [string, BuiltEntry[], string][])("%s are refused", ([, entries, message]) => {
    expect(() => read(archive(entries))).toThrow(ArchiveError);
    expect(() => read(archive(entries))).toThrow(message);
  });

  it("without data, whatever their kind, are passed on", () => {
    const [first] = read(
      archive([{ dumpId: 3, description: "NOVELTY", tag: "x", definition: "MAKE x", dependencies: [1, 2], section: 2 }]),
    ).entries;
    expect(first).toMatchObject({
      dumpId: 3,
      hadData: false,
      description: "NOVELTY",
      definition: "MAKE x",
      dependencies: [1, 2],
      copyStatement: "",
      accessMethod: "",
    });
  });

  it("may be long, up to a limit, and need not be UTF-8", () => {
    const long = "naïve ".repeat(500_000);
    const bytes = archive([{ dumpId: 1, definition: long }]);
    const reader = new ArchiveReader();
    for (let from = 0; from < bytes.length; from += 10_000) reader.write(bytes.subarray(from, from + 10_000));
    expect(reader.end().entries[0]?.definition).toBe(long);
    const [latin] = read(Buffer.concat([header(), integer(1), latin1(entry({ dumpId: 1, tag: "naive", description: "X" }))])).entries;
    expect(latin?.tag).toBe("naïve");
  });

  it("longer than the limit are refused at once", () => {
    const bytes = Buffer.concat([header(), integer(1), integer(1), integer(0), text("0"), text("0"), integer(64 * 1024 * 1024 + 1)]);
    expect(() => read(bytes)).toThrow("an entry's name has a length out of range\n  received: 67108865\n  allowed:  -1 to 67108864");
  });

  it("in absurd numbers are refused at once, and take no memory where they are not", () => {
    expect(() => read(Buffer.concat([header(), integer(100_000_001)]))).toThrow("the number of entries is out of range");
    expect(() => read(Buffer.concat([header(), integer(-1)]))).toThrow("the number of entries is out of range");
    expect(() => read(Buffer.concat([header(), integer(100_000_000)]))).toThrow("it ends inside entry 1 of 100000000");
  });
});

/** Replaces the i of `naive` by the byte that Latin-1 has for ï. */
function latin1(bytes: Buffer): Buffer {
  bytes.writeUInt8(0xef, bytes.indexOf("naive") + 2);
  return bytes;
}
