import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type Duplex, PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { ExitCode, type Problem, ProblemError } from "@pgkeep/core";
import { decodeStages } from "../codec/decodeStages.js";

/** What a file is once it is decrypted and decompressed. */
export type DumpFileKind = "custom archive" | "tar archive" | "directory archive" | "SQL script";

export interface DumpFile {
  path: string;
  kind: DumpFileKind;
  /** Around it, the outermost first. */
  layers: ("gzip" | "zstd" | "age")[];
  /** Size of the file; null for a directory. */
  bytes: number | null;
  /** What is inside the layers; fails when the file is cut or damaged as far as the layers can tell. */
  open(onBytes?: (bytes: number) => void): Readable;
}

const HEAD_BYTES = 4096;

/** Other packings, by their first bytes: what unpacks them. */
const UNREAD: [name: string, magic: Buffer, next: string][] = [
  ["bzip2", Buffer.from("BZh"), "bunzip2"],
  ["xz", Buffer.from("fd377a585a00", "hex"), "unxz"],
  ["lz4", Buffer.from("04224d18", "hex"), "unlz4"],
  ["zip", Buffer.from("PK\x03\x04"), "unzip"],
];

/** Finds out what a file is by what is in it; its name says nothing. */
export async function openDumpFile(path: string, identities: readonly string[]): Promise<DumpFile> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw refusal(ExitCode.Usage, { where: "--file", received: path, reason: `it cannot be read: ${error.message}` });
  });
  if (found.isDirectory()) return await openDirectory(path);
  const layers: DumpFile["layers"] = [];
  const opened = (onBytes?: (bytes: number) => void) => unpack(path, layers, identities, onBytes);
  for (;;) {
    const head = await firstBytes(opened());
    const layer = layerOf(head);
    if (layer === undefined) return { path, kind: kindOf(path, head), layers, bytes: found.size, open: opened };
    if (layers.length === 3) throw refusal(ExitCode.DataWrong, { where: path, reason: "it is packed more than three times over" });
    layers.push(layer);
  }
}

async function openDirectory(path: string): Promise<DumpFile> {
  const contents = await stat(join(path, "toc.dat")).catch(() => undefined);
  if (!contents?.isFile()) {
    throw refusal(ExitCode.Usage, {
      where: "--file",
      received: path,
      allowed: "a file, or a directory that pg_dump -Fd made",
      reason: "this directory holds no toc.dat",
    });
  }
  return {
    path,
    kind: "directory archive",
    layers: [],
    bytes: null,
    open: () => {
      throw new Error("a directory is read by pg_restore itself");
    },
  };
}

function unpack(path: string, layers: DumpFile["layers"], identities: readonly string[], onBytes?: (bytes: number) => void): Readable {
  const stages = layers.flatMap((layer): Duplex[] => (layer === "gzip" ? [createGunzip()] : decodeStages([layer], identities)));
  const source = createReadStream(path, { highWaterMark: 256 * 1024 });
  let bytes = 0;
  source.on("data", (chunk) => {
    bytes += chunk.length;
    onBytes?.(bytes);
  });
  const plain = new Unpacked((error) => unpackingFailure(path, layers, error));
  // Seen by whoever reads it, even if it comes before anybody reads.
  plain.on("error", () => {});
  pipeline([source, ...stages, plain]).catch(() => {});
  return plain;
}

/** The last stage: what fails before it fails here, in words for the user. */
class Unpacked extends PassThrough {
  constructor(private readonly explain: (error: Error) => Error) {
    super({ highWaterMark: 256 * 1024 });
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    callback(error && this.explain(error));
  }
}

function unpackingFailure(path: string, layers: DumpFile["layers"], error: NodeJS.ErrnoException): Error {
  if (error instanceof ProblemError) return error;
  // Its reader stopped listening, as pg_restore does behind the end of a tar archive: that says nothing about the file.
  if (error.code === "ERR_STREAM_PREMATURE_CLOSE") return error;
  return new ProblemError(
    ExitCode.DataWrong,
    {
      where: path,
      reason: `it cannot be unpacked (${layers.join(", ")}): ${error.message}`,
      next: "the file is cut or damaged, or the key is another's: use another copy",
    },
    { cause: error },
  );
}

async function firstBytes(source: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of source as AsyncIterable<Buffer>) {
    parts.push(part);
    bytes += part.length;
    if (bytes >= HEAD_BYTES) break;
  }
  return Buffer.concat(parts);
}

function layerOf(head: Buffer): DumpFile["layers"][number] | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  if (head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528) return "zstd";
  return head.toString("latin1", 0, 21) === "age-encryption.org/v1" ? "age" : undefined;
}

function kindOf(path: string, head: Buffer): DumpFileKind {
  if (head.toString("latin1", 0, 5) === "PGDMP") return "custom archive";
  if (head.toString("latin1", 257, 262) === "ustar") {
    if (head.toString("latin1", 0, 8) === "toc.dat\0") return "tar archive";
    throw refusal(ExitCode.Usage, {
      where: path,
      received: "a tar file",
      reason: "it is not one that pg_dump -Ft made",
      next: "unpack it and name the dump in it",
    });
  }
  const other = UNREAD.find(([, magic]) => head.subarray(0, magic.length).equals(magic));
  if (other)
    throw refusal(ExitCode.Usage, {
      where: path,
      received: `a file packed with ${other[0]}`,
      allowed: "gzip, zstd, age, or not packed",
      reason: "this packing is not read",
      next: `${other[2]} ${path}`,
    });
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    const reason = "it is text in UTF-16, as PowerShell's > writes it; pg_dump's own encoding may be lost in it";
    throw refusal(ExitCode.Usage, { where: path, reason, next: "dump again with pg_dump --file, or convert it: iconv -f UTF-16 -t UTF-8" });
  }
  if (head.length === 0) throw refusal(ExitCode.DataWrong, { where: path, reason: "the file is empty", next: "use another copy" });
  if (head.includes(0)) throw refusal(ExitCode.Usage, { where: path, reason: "it is neither an SQL script nor an archive of pg_dump" });
  return "SQL script";
}

function refusal(exitCode: ExitCode, problem: Problem): ProblemError {
  return new ProblemError(exitCode, problem);
}
