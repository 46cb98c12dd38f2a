import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { crc32c, crc32cText } from "./crc32c.js";

// RFC 3720, appendix B.4.
test.each([
  ["nothing", Buffer.alloc(0), 0],
  ["123456789", Buffer.from("123456789"), 0xe3069283],
  ["32 zeroes", Buffer.alloc(32), 0x8a9136aa],
  ["32 ones", Buffer.alloc(32, 0xff), 0x62a8ab43],
  ["32 rising", Buffer.from(Array.from({ length: 32 }, (_, n) => n)), 0x46dd794e],
])("of %s", (_name, bytes, expected) => expect(crc32c(bytes)).toBe(expected));

test("is the same however the bytes are cut", () => {
  const bytes = randomBytes(1_000);
  for (const cut of [0, 1, 7, 8, 9, 500, 999, 1_000]) {
    expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(crc32c(bytes));
  }
});

test("is written as Google does", () => expect(crc32cText(crc32c(Buffer.from("123456789")))).toBe("4waSgw=="));
