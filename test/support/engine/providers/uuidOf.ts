import { createHash } from "node:crypto";

/** An id that looks like the services', and is the same in every run. */
export function uuidOf(text: string): string {
  const digits = createHash("sha256").update(text).digest("hex");
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20, 32)].join("-");
}
