import type { StoredObjectRecord } from "@pgkeep/core";
import { shellWord } from "../terminal/shellWord.js";
import { fileNameOf } from "./objectsOf.js";

/** The shell's words that write an object's contents to standard output. */
export function opened(object: StoredObjectRecord): string {
  const file = shellWord(fileNameOf(object));
  const encrypted = object.codec.includes("age");
  return encrypted ? `age -d -i "$IDENTITY" ${file} | zstd -dc` : `zstd -dc ${file}`;
}
