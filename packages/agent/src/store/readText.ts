import type { Readable } from "node:stream";
import { ExitCode, ProblemError } from "@pgkeep/core";

/** The limit where a caller gives none: what a manifest of some hundred thousand tables takes. */
const DEFAULT_MAXIMUM_BYTES = 256 * 1024 * 1024;

/** Collects a small document. Refuses one that is larger than allowed, or that is not UTF-8, naming it by `where`. */
export async function readText(where: string, body: Readable, maxBytes = DEFAULT_MAXIMUM_BYTES): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw notADocument(where, `it is larger than the ${maxBytes} bytes that are allowed for it`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    throw notADocument(where, "it is not UTF-8 text", error);
  }
}

function notADocument(where: string, difference: string, cause?: unknown): ProblemError {
  return new ProblemError(
    ExitCode.DataWrong,
    {
      where,
      reason: `this is not a document of pgkeep: ${difference}`,
      next: "it was damaged or put there by something else; use another recovery point",
    },
    { cause },
  );
}
