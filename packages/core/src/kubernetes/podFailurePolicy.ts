import { ExitCode } from "../exitCode.js";

/** Exit codes after which another try would end the same, or would do again what is done. Sorted, as the API wants them. */
export const FINAL_EXIT_CODES: readonly number[] = [
  ExitCode.Usage,
  ExitCode.DataWrong,
  ExitCode.Permission,
  ExitCode.Configuration,
  ExitCode.Suspicious,
];

/** Those of a drill: where nothing is to be drilled, or nothing could be verified, the same server with the same room would say the same. */
export const FINAL_DRILL_EXIT_CODES: readonly number[] = [
  ...FINAL_EXIT_CODES,
  ExitCode.NoSuchRecoveryPoint,
  ExitCode.CouldNotVerify,
].toSorted((one, other) => one - other);

/** One rule of a Job's `podFailurePolicy`. */
export interface PodFailureRule {
  action: "Ignore" | "FailJob" | "Count";
  onExitCodes?: { containerName: string; operator: "In"; values: number[] };
  onPodConditions?: { type: string; status: string }[];
}

/**
 * What a failed Pod of the agent means for its Job; the first rule that fits decides, and what fits none counts as a try
 * (https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy). An eviction or a node that is drained is nobody's failure and
 * takes no try away, whatever code the program ended with.
 */
export function podFailureRules(containerName: string, finalExitCodes: readonly number[] = FINAL_EXIT_CODES): PodFailureRule[] {
  return [
    { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
    { action: "FailJob", onExitCodes: { containerName, operator: "In", values: [...finalExitCodes] } },
  ];
}
