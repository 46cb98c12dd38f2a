/** Sums modulo 2^64 of hashes with two seeds: the same for the same items in any order. */
export class HashSums {
  first = 0n;
  second = 0n;

  add([first, second]: [bigint, bigint]): void {
    this.first = BigInt.asUintN(64, this.first + first);
    this.second = BigInt.asUintN(64, this.second + second);
  }

  /** Both sums, big-endian. */
  toHex(): string {
    return this.first.toString(16).padStart(16, "0") + this.second.toString(16).padStart(16, "0");
  }
}
