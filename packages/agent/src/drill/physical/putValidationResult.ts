import { setTimeout as sleep } from "node:timers/promises";
import { BackupClient, DescribeRestoreJobCommand, PutRestoreValidationResultCommand } from "@aws-sdk/client-backup";
import { ExitCode, ProblemError, Verdict } from "@pgkeep/core";
import { awsCredentials } from "../../configuration/awsCredentials.js";
import type { Environment } from "../../configuration/Environment.js";
import type { Reporter } from "../../reporter.js";
import { awsProblem, isPassing } from "./awsProblem.js";

export interface ValidationResultOptions {
  restoreJob: string;
  /** Region of the restore job; that of the restored resource. */
  region: string | undefined;
  verdict: Verdict;
  message: string;
  environment: Environment;
  reporter: Reporter;
  /** How long it is tried. */
  patienceMilliseconds?: number;
  firstPauseMilliseconds?: number;
}

const PATIENCE_MILLISECONDS = 10 * 60_000;
const LONGEST_PAUSE_MILLISECONDS = 30_000;

/**
 * What could not be verified is told as FAILED, its message says so: no report of AWS Backup may count it as validated, and the other way, to
 * leave the job to its timeout, keeps the restored instance for the whole window and tells nobody why.
 */
const STATUS = {
  [Verdict.Pass]: "SUCCESSFUL",
  [Verdict.Fail]: "FAILED",
  [Verdict.CouldNotVerify]: "FAILED",
} as const;

/** Tells AWS Backup what became of the validation, once and for all: a result that stands cannot be changed. Retried with growing pauses. */
export async function putValidationResult(options: ValidationResultOptions): Promise<void> {
  const { restoreJob, region, verdict, message, environment, reporter } = options;
  const credentials = awsCredentials(environment);
  const chosen = region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  const client = new BackupClient({
    ...(chosen ? { region: chosen } : {}),
    ...(environment.AWS_ENDPOINT_URL_BACKUP ? { endpoint: environment.AWS_ENDPOINT_URL_BACKUP } : {}),
    ...(credentials ? { credentials } : {}),
  });
  const deadline = Date.now() + (options.patienceMilliseconds ?? PATIENCE_MILLISECONDS);
  try {
    for (let wait = options.firstPauseMilliseconds ?? 1000; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MILLISECONDS)) {
      try {
        await client.send(
          new PutRestoreValidationResultCommand({
            RestoreJobId: restoreJob,
            ValidationStatus: STATUS[verdict],
            ValidationStatusMessage: message,
          }),
        );
        reporter.info(`AWS Backup was told ${STATUS[verdict]} for restore job ${restoreJob}`);
        return;
      } catch (error) {
        if (!isPassing(error)) {
          // An answer that was lost on its way looks so: the result stands, and a second one is refused.
          if (await stands(client, restoreJob, STATUS[verdict])) return;
          throw notTold(error, restoreJob, STATUS[verdict]);
        }
        if (Date.now() + wait > deadline) throw notTold(error, restoreJob, STATUS[verdict]);
        reporter.warning(`AWS Backup did not take the result: ${(error as Error).message}; trying again`);
        await sleep(wait);
      }
    }
  } finally {
    client.destroy();
  }
}

async function stands(client: BackupClient, restoreJob: string, status: string): Promise<boolean> {
  try {
    const { ValidationStatus } = await client.send(new DescribeRestoreJobCommand({ RestoreJobId: restoreJob }));
    return ValidationStatus === status;
  } catch {
    // It may not be allowed; then the first answer is all there is.
    return false;
  }
}

function notTold(error: unknown, restoreJob: string, status: string): ProblemError {
  const cause = awsProblem(error, { where: "--restore-job", received: restoreJob, action: "backup:PutRestoreValidationResult" });
  const exitCode = cause.exitCode === ExitCode.Configuration ? ExitCode.Unavailable : cause.exitCode;
  return new ProblemError(
    exitCode,
    cause.problems.map((problem) => ({ ...problem, reason: `AWS Backup was not told ${status}: ${problem.reason}` })),
    { cause: error },
  );
}
