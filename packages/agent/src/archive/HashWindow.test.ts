import fc from "fast-check";
import { expect, it } from "vitest";
import xxhash from "xxhash-wasm";
import { HashWindow } from "./HashWindow.js";

const library = await xxhash();
const signed = (bytes: Uint8Array) => [0n, 1n].map((seed) => BigInt.asIntN(64, library.h64Raw(bytes, seed)));

it("hashes in place what the library's own functions hash", () => {
  const window = new HashWindow();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 1000 }), (bytes, shift) => {
      const from = HashWindow.start + shift;
      window.memory.set(bytes, from);
      expect([window.xxh64(from, bytes.length, 0n), window.xxh64(from, bytes.length, 1n)]).toEqual(signed(bytes));
    }),
  );
});

it("hashes the same in parts, from the window and from elsewhere, one after another", () => {
  const window = new HashWindow();
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.uint8Array({ maxLength: 100 }), fc.boolean())), (parts) => {
      window.begin();
      for (const [bytes, elsewhere] of parts) {
        if (elsewhere) window.updateWith(bytes);
        else {
          window.memory.set(bytes, HashWindow.start);
          window.update(HashWindow.start, bytes.length);
        }
      }
      expect(window.finish()).toEqual(signed(Buffer.concat(parts.map(([bytes]) => bytes))));
    }),
  );
});

it("hashes bytes from elsewhere that are longer than its room for them", () => {
  const window = new HashWindow();
  const bytes = Buffer.alloc(100_000, "0123456789abcde");
  window.begin();
  window.updateWith(bytes);
  expect(window.finish()).toEqual(signed(bytes));
});
