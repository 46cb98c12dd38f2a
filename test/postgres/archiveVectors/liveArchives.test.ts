import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ArchiveEntry } from "../../../packages/agent/src/archive/ArchiveEntry.js";
import { ArchiveReader } from "../../../packages/agent/src/archive/ArchiveReader.js";
import { missingPostgres, startPostgres, type TestServer, testedMajors } from "../../support/postgresServer.js";
import { expectationOf, psqlBytes, run, sorted, vectorSchema } from "./makeVectors.js";

/**
 * Archives that the real pg_dump makes now, against what the server says about the same data.
 * With PGKEEP_WRITE_VECTORS=1 they are written into this folder, with what is expected of them: the reference archives.
 */
const writesVectors = process.env.PGKEEP_WRITE_VECTORS === "1";

/** A line of `pg_restore --list`. */
const listed = ({ dumpId, tableOid, oid, description, namespace, tag, owner }: ArchiveEntry) =>
  `${dumpId}; ${tableOid} ${oid} ${description} ${namespace === "" ? "-" : namespace} ${tag} ${owner}`;

describe.for(testedMajors)("pg_dump %s", (major) => {
  describe.skipIf(missingPostgres(major))("on this machine", () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await startPostgres({ major });
      await psqlBytes(server, "postgres", "CREATE DATABASE vectors");
      await run(server, "psql", ["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", "vectors", "-f", "-"], Buffer.from(vectorSchema));
    }, 60_000);
    afterAll(() => server.stop());

    const read = (archive: Buffer) => {
      const reader = new ArchiveReader();
      reader.write(archive);
      return reader.end();
    };
    const toFile = async (...options: string[]) => {
      const file = join(server.folder, "archive.dump");
      await run(server, "pg_dump", [...options, "-f", file, "vectors"]);
      const bytes = readFileSync(file);
      rmSync(file);
      return bytes;
    };

    it("through a pipe and into a file, which notes where the data is: both are read to the last byte", async () => {
      const pipe = await run(server, "pg_dump", ["-Fc", "-Z0", "vectors"]);
      const file = await toFile("-Fc", "-Z0");
      const expected = sorted(await expectationOf(server, "vectors"));
      for (const archive of [pipe, file]) {
        const summary = read(archive);
        expect(sorted(summary)).toEqual(expected);
        expect(summary).toMatchObject({ unread: [], bytes: archive.length, header: { compression: "none", database: "vectors" } });
        expect(summary.header.dumpVersion).toMatch(new RegExp(`^${major}\\.`));
      }
      if (writesVectors) {
        const write = (name: string, content: Buffer | string) => writeFileSync(new URL(`./${major}-${name}`, import.meta.url), content);
        write("pipe.dump", pipe);
        write("file.dump", file);
        write("gzip.dump", await run(server, "pg_dump", ["-Fc", "-Z6", "vectors"]));
        write("inserts.dump", await run(server, "pg_dump", ["-Fc", "-Z0", "--inserts", "-t", "twins", "vectors"]));
        write("small.dump", await run(server, "pg_dump", ["-Fc", "-Z0", "-b", "-t", "twins", "-t", "not_called", "vectors"]));
        write("expected.json", `${JSON.stringify(expected, null, 2)}\n`);
      }
    });

    it("lists the entries that pg_restore lists, with the definitions that it prints", async () => {
      const archive = await run(server, "pg_dump", ["-Fc", "-Z0", "vectors"]);
      const { entries } = read(archive);
      const listing = (await run(server, "pg_restore", ["--list"], archive)).toString();
      const lines = listing.split("\n").filter((line) => /^\d/.test(line));
      // Encoding, string syntax and search path are not listed, nor is the database itself.
      const hidden = ["ENCODING", "STDSTRINGS", "SEARCHPATH", "DATABASE", "DATABASE PROPERTIES"];
      expect(entries.filter(({ description }) => !hidden.includes(description)).map(listed)).toEqual(lines);
      expect(listing).toContain(`TOC Entries: ${entries.length}\n`);

      const script = (await run(server, "pg_restore", ["--file", "-", "--clean"], archive)).toString();
      for (const { description, definition, copyStatement, dropStatement } of entries) {
        if (hidden.includes(description) || description === "BLOB METADATA") continue;
        expect(script).toContain(definition);
        expect(script).toContain(copyStatement);
        // --clean leaves out what goes with its table.
        if (dropStatement !== "" && description === "TABLE") expect(script).toContain(dropStatement);
      }
    });

    it("of rows and large objects longer than any chunk", async () => {
      await psqlBytes(server, "postgres", "CREATE DATABASE long");
      await psqlBytes(
        server,
        "long",
        `CREATE TABLE long_rows (id int, text text);
         INSERT INTO long_rows SELECT i, repeat('x' || i, i * 40000) FROM generate_series(0, 4) i;
         SELECT lo_from_bytea(0, convert_to(repeat('x', size), 'UTF8')) FROM unnest('{0,1,16383,16384,16385,300000}'::int[]) size`,
      );
      const archive = await run(server, "pg_dump", ["-Fc", "-Z0", "long"]);
      const expected = sorted(await expectationOf(server, "long"));
      expect(sorted(read(archive))).toEqual(expected);
      const reader = new ArchiveReader();
      for (let from = 0; from < archive.length; from += 65_536) reader.write(archive.subarray(from, from + 65_536));
      expect(sorted(reader.end())).toEqual(expected);
    });

    it("of more large objects than one group holds", async () => {
      await psqlBytes(server, "postgres", "CREATE DATABASE many");
      await psqlBytes(server, "many", "SELECT lo_from_bytea(0, convert_to('object ' || i, 'UTF8')) FROM generate_series(1, 2100) i");
      const summary = read(await run(server, "pg_dump", ["-Fc", "-Z0", "many"]));
      expect(summary.largeObjects).toEqual((await expectationOf(server, "many")).largeObjects);
      expect(summary.entries.filter(({ description }) => description === "BLOBS")).toHaveLength(major >= 17 ? 3 : 1);
    });

    it("compressed as it does unless told otherwise: the entries are read, the rows are said not to be", async () => {
      const plain = read(await run(server, "pg_dump", ["-Fc", "-Z0", "vectors"]));
      const summary = read(await run(server, "pg_dump", ["-Fc", "vectors"]));
      expect({ ...summary, bytes: 0 }).toEqual({
        ...plain,
        bytes: 0,
        header: { ...plain.header, compression: "gzip", createdAt: expect.any(String) },
        tables: [],
        largeObjects: { count: plain.largeObjects.count, bytes: 0, hash: "0".repeat(32) },
        unread: [
          ...plain.tables.map(({ schema, name }) => ({ table: { schema, name }, reason: "rows not read: compressed with gzip" })),
          { table: null, reason: "contents not read: compressed with gzip" },
        ],
      });
    });

    it("of partitions that are loaded through their root: the rows are those of the partitions", async () => {
      const { tables } = read(await run(server, "pg_dump", ["-Fc", "-Z0", "--load-via-partition-root", "vectors"]));
      expect(sorted({ ...(await expectationOf(server, "vectors")), tables }).tables).toEqual(
        sorted(await expectationOf(server, "vectors")).tables,
      );
    });

    it("in another encoding: names are read, byte by byte", async () => {
      const archive = await run(server, "pg_dump", ["-Fc", "-Z0", "--encoding", "LATIN1", "-t", "twins", "-t", "one_column", "vectors"]);
      const comment = read(archive).entries.find(({ description }) => description === "COMMENT");
      expect(comment?.definition).toBe("COMMENT ON TABLE public.twins IS 'Wie es euch gefällt';\n");
    });
  });
});
