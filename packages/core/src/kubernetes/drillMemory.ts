const MIB = 2 ** 20;

/**
 * `pgkeep drill` beside its server: one restore and one dump at a time, each as a backup of one database has them. Measured at 74 MiB, its server at 206 MiB, with
 * a database of 400 MB with indexes and encryption (test/memory); the rest is for page cache that the kernel counts in, and catalogues of many thousand tables.
 */
const AGENT = 256 * MIB;
/** A scratch server: 128 MiB of shared buffers, 128 MiB to build an index with (`scratchServerSettings`), its processes, and some page cache. */
const SERVER = 384 * MIB;

/** The least memory, in bytes, of a scratch server. */
export const LEAST_SCRATCH_MEMORY = SERVER;

/** The least memory, in bytes, of a drill, with its scratch server in the same container or without it. */
export function leastDrillMemory(withServer: boolean): number {
  return withServer ? AGENT + SERVER : AGENT;
}

/** An amount of memory as Kubernetes writes it. */
export function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / MIB)}Mi`;
}
