const MIB = 2 ** 20;

/**
 * `pgkeep backup` of one database was measured under 200 MB whatever its size, pg_dump included (test/memory). The rest is for what measured runs do not
 * have: page cache that the kernel counts in, catalogues of many thousand tables. Each further dump beside it brings a pg_dump, a compressor and
 * an upload of its own.
 */
const FIRST = 256 * MIB;
const EACH_FURTHER = 64 * MIB;

/** The least memory, in bytes, that a backup of so many databases at the same time is given. */
export function leastDumpMemory(parallel: number): number {
  return FIRST + EACH_FURTHER * Math.max(0, parallel - 1);
}

/** The same as Kubernetes writes it. */
export function leastDumpMemoryText(parallel: number): string {
  return `${leastDumpMemory(parallel) / MIB}Mi`;
}
