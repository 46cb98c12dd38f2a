import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { gzipSync } from "node:zlib";
import { ProblemError } from "@pgkeep/core";
import { afterAll, describe, expect, it } from "vitest";
import { openDumpFile } from "./dumpFile.js";

describe("what is read from a dump file", () => {
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-dump-file-"));
  const path = join(folder, "dump.sql.gz");
  const script = `SELECT '${"pgkeep ".repeat(500_000)}';\n`;
  const packed = gzipSync(script, { level: 0 });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("blames the file for what is wrong with the file", async () => {
    writeFileSync(path, packed.subarray(0, packed.length / 2));
    const file = await openDumpFile(path, []);
    const reading = pipeline(file.open(), new Writable({ write: (_piece, _encoding, callback) => callback() }));
    await expect(reading).rejects.toThrow(ProblemError);
    await expect(reading).rejects.toThrow(/cannot be unpacked \(gzip\)/);
  });

  it("does not blame the file for a reader that stops, with an error or without", async () => {
    writeFileSync(path, packed);
    const file = await openDumpFile(path, []);
    const stopping = new Writable({ write: () => void stopping.destroy() });
    await expect(pipeline(file.open(), stopping)).rejects.toMatchObject({ code: "ERR_STREAM_PREMATURE_CLOSE" });
    const failing = new Writable({
      write: (_piece, _encoding, callback) => callback(Object.assign(new Error("broken"), { code: "EPIPE" })),
    });
    await expect(pipeline(file.open(), failing)).rejects.toMatchObject({ code: "EPIPE" });
  });
});
