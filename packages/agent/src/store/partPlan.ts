const MIB = 1024 * 1024;

/** AWS and most others: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MAXIMUM_PARTS = 10_000;
/** Scaleway; objects beyond 15 GB failed for others (Databasus, issue 617). */
const MAXIMUM_PARTS_OF_SCALEWAY = 1_000;

/** Without any guess of the size this reaches 109 GiB. AWS wants at least 5 MiB. */
const MINIMUM_PART_BYTES = 8 * MIB;
const MAXIMUM_PART_BYTES = 5 * 1024 * MIB;
/** What an upload should hold in memory: the parts in flight and the one being filled. Two databases may be dumped at the same time. */
const MEMORY_BYTES = 48 * MIB;
const MAXIMUM_IN_FLIGHT = 3;

/** The sizes of the parts of one upload, chosen before the size of the whole is known. */
export interface PartPlan {
  readonly maximumParts: number;
  /** Bytes that all parts together can hold. */
  readonly capacity: number;
  /** Size of the part of this number; numbers begin with 1. */
  bytesOf(part: number): number;
  /** How many parts of that size may be in flight at the same time. */
  inFlight(part: number): number;
}

/** How many parts a server takes for one object. */
export function maximumPartsOf(endpointHost: string | undefined): number {
  return endpointHost !== undefined && /(^|\.)scw\.cloud$/.test(endpointHost) ? MAXIMUM_PARTS_OF_SCALEWAY : MAXIMUM_PARTS;
}

/**
 * Equal parts while the guess holds (Cloudflare R2 wants all but the last one equal), sized so that it takes eight tenths of the parts
 * there are. Past that the guess was too low: the next tenth of the parts is twice as large, the last four times.
 */
export function planParts(expectedBytes = 0, maximumParts = MAXIMUM_PARTS): PartPlan {
  const tenth = Math.floor(maximumParts / 10);
  const steadyParts = maximumParts - 2 * tenth;
  const needed = wholeMib(expectedBytes / steadyParts);
  // Up to where memory is no matter, few parts: some servers that are not known here take only 1,000.
  const few = Math.min(wholeMib(expectedBytes / 800), 2 * MINIMUM_PART_BYTES);
  const steady = Math.min(Math.max(MINIMUM_PART_BYTES, few, needed), MAXIMUM_PART_BYTES);
  const bytesOf = (part: number) => {
    const growth = part <= steadyParts ? 1 : part <= steadyParts + tenth ? 2 : 4;
    return Math.min(steady * growth, MAXIMUM_PART_BYTES);
  };
  return {
    maximumParts,
    capacity: steadyParts * steady + tenth * (bytesOf(steadyParts + 1) + bytesOf(maximumParts)),
    bytesOf,
    inFlight: (part) => Math.min(Math.max(Math.floor(MEMORY_BYTES / bytesOf(part)) - 1, 1), MAXIMUM_IN_FLIGHT),
  };
}

function wholeMib(bytes: number): number {
  return Math.ceil(bytes / MIB) * MIB;
}
