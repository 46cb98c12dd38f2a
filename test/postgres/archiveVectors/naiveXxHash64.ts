const MASK = 2n ** 64n - 1n;
const [P1, P2, P3, P4, P5] = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;

const wrap = (value: bigint) => value & MASK;
const rotate = (value: bigint, bits: bigint) => wrap(value << bits) | (value >> (64n - bits));
const round = (lane: bigint, input: bigint) => wrap(rotate(wrap(lane + input * P2), 31n) * P1);
const mergeRound = (hash: bigint, lane: bigint) => wrap((hash ^ round(0n, lane)) * P1 + P4);

/** xxHash64 written from its specification, slow and independent of the library that the reader uses. */
export function naiveXxHash64(bytes: Buffer, seed: bigint): bigint {
  let at = 0;
  let hash = wrap(seed + P5);
  if (bytes.length >= 32) {
    let lanes = [wrap(seed + P1 + P2), wrap(seed + P2), seed, wrap(seed - P1)];
    for (; at + 32 <= bytes.length; at += 32) {
      const from = at;
      lanes = lanes.map((lane, index) => round(lane, bytes.readBigUInt64LE(from + 8 * index)));
    }
    hash = wrap(lanes.reduce((sum, lane, index) => sum + rotate(lane, [1n, 7n, 12n, 18n][index] ?? 0n), 0n));
    hash = lanes.reduce(mergeRound, hash);
  }
  hash = wrap(hash + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8) hash = wrap(rotate(hash ^ round(0n, bytes.readBigUInt64LE(at)), 27n) * P1 + P4);
  for (; at + 4 <= bytes.length; at += 4) hash = wrap(rotate(hash ^ wrap(BigInt(bytes.readUInt32LE(at)) * P1), 23n) * P2 + P3);
  for (; at < bytes.length; at += 1) hash = wrap(rotate(hash ^ wrap(BigInt(bytes.readUInt8(at)) * P5), 11n) * P1);
  hash = wrap((hash ^ (hash >> 33n)) * P2);
  hash = wrap((hash ^ (hash >> 29n)) * P3);
  return hash ^ (hash >> 32n);
}

/** The order-free hash of the manifest: sums of the hashes with seeds 0 and 1, in hex. */
export function naiveSums(items: Buffer[]): string {
  return [0n, 1n]
    .map((seed) => wrap(items.reduce((sum, item) => sum + naiveXxHash64(item, seed), 0n)))
    .map((sum) => sum.toString(16).padStart(16, "0"))
    .join("");
}
