/** Kinds of storage of an RDS instance. */
export type RdsStorageKind = "gp3" | "io2";

/** Storage of an RDS instance, in GiB. */
export interface RdsStorage {
  kind: RdsStorageKind;
  allocated: number;
  /** How far it may grow by itself. */
  maximum: number;
  iops?: number;
  /** In MiB a second. */
  throughput?: number;
}

/** One thing that is wrong with it: which property, why, and what would be right. */
export interface RdsStorageProblem {
  property: "allocated" | "maximum" | "iops" | "throughput";
  reason: string;
  allowed: string;
}

const LARGEST = 65_536;
const SMALLEST: Record<RdsStorageKind, number> = { gp3: 20, io2: 100 };
/** From this size on RDS for PostgreSQL stripes gp3 over four volumes, and only then can more be bought. */
const STRIPED = 400;

/** How far storage grows where nothing is said: twice of what it begins with. */
export function defaultRdsMaximum(allocated: number): number {
  return Math.min(2 * allocated, LARGEST);
}

/**
 * What is wrong with the storage of an instance of RDS for PostgreSQL.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html and …/USER_PIOPS.Autoscaling.html
 */
export function rdsStorageProblems({ kind, allocated, maximum, iops, throughput }: RdsStorage): RdsStorageProblem[] {
  const problems: RdsStorageProblem[] = [];
  const within = (property: RdsStorageProblem["property"], value: number | undefined, least: number, most: number, reason: string) => {
    if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
    problems.push({ property, reason, allowed: `a whole number from ${least} to ${most}` });
  };
  within("allocated", allocated, SMALLEST[kind], LARGEST, `RDS takes no ${kind} storage of this size`);
  if (problems.length === 0) maximumProblem(allocated, maximum, problems);
  if (kind === "io2") {
    if (iops === undefined)
      problems.push({ property: "iops", reason: "io2 is bought by its operations a second", allowed: "1000 or more" });
    within("iops", iops, 1000, 256_000, "RDS takes no such number of operations a second for io2");
    if (throughput !== undefined) problems.push({ property: "throughput", reason: "io2 has no throughput of its own", allowed: "nothing" });
  } else if (allocated < STRIPED && (iops !== undefined || throughput !== undefined)) {
    const reason = `below ${STRIPED} GiB gp3 always has 3,000 operations and 125 MiB a second`;
    for (const [property, value] of Object.entries({ iops, throughput }) as ["iops" | "throughput", number | undefined][]) {
      if (value !== undefined) problems.push({ property, reason, allowed: `nothing, or ${STRIPED} GiB and more` });
    }
  } else {
    within("iops", iops, 12_000, 64_000, "RDS takes no such number of operations a second for gp3");
    within("throughput", throughput, 500, 4000, "RDS takes no such throughput for gp3");
  }
  return problems;
}

function maximumProblem(allocated: number, maximum: number, problems: RdsStorageProblem[]): void {
  // 0 turns growing off, as RDS has it.
  if (maximum === 0) return;
  const least = Math.min(Math.ceil((allocated * 11) / 10), LARGEST);
  if (Number.isInteger(maximum) && maximum >= least && maximum <= LARGEST) return;
  problems.push({
    property: "maximum",
    reason: "storage grows by itself to a size that is at least a tenth more than it begins with",
    allowed: `0 to turn that off, or a whole number from ${least} to ${LARGEST}`,
  });
}
