/**
 * The memory in MiB that Fargate has for so many CPU units (1024 are one vCPU): from, to, in steps of.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
 */
const SIZES: Readonly<Record<number, readonly [least: number, most: number, step: number]>> = {
  256: [512, 2048, 512],
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16_384, 1024],
  4096: [8192, 30_720, 1024],
  8192: [16_384, 61_440, 4096],
  16384: [32_768, 122_880, 8192],
};

/** 256 units have 512, 1024 and 2048, but not 1536. */
const NOT_BETWEEN = 1536;

/** What of Fargate's sizes a task asks for, and what is allowed in its stead. */
export interface FargateSizeProblem {
  /** Which of the two is to be changed. */
  property: "cpu" | "memory";
  reason: string;
  allowed: string;
}

/** The CPU units that a Fargate task may have. */
export const FARGATE_CPU_UNITS: readonly number[] = Object.keys(SIZES).map(Number);

/** Fargate's ephemeral storage in GiB: 20 without saying so, which cannot be said. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EphemeralStorage.html */
export const FARGATE_STORAGE = { least: 21, most: 200, usual: 20 } as const;

/** The longest that a Fargate container is waited for between SIGTERM and SIGKILL, in seconds. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
export const FARGATE_STOP_TIMEOUT = { least: 2, most: 120 } as const;

/** What is wrong with a Fargate task's size; AWS would say only that there is no such configuration, and that at the deployment. */
export function fargateSizeProblem(cpu: number, memory: number): FargateSizeProblem | undefined {
  const size = SIZES[cpu];
  if (size === undefined) {
    return { property: "cpu", reason: "Fargate has no tasks of so many CPU units", allowed: FARGATE_CPU_UNITS.join(", ") };
  }
  const [least, most, step] = size;
  const inSteps = memory >= least && memory <= most && (memory - least) % step === 0 && !(cpu === 256 && memory === NOT_BETWEEN);
  if (inSteps) return undefined;
  const allowed = cpu === 256 ? "512, 1024, 2048" : `${least} to ${most} in steps of ${step}`;
  return { property: "memory", reason: `Fargate has no tasks of ${cpu} CPU units with so much memory`, allowed: `${allowed} MiB` };
}
