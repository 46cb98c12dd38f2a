/** One rule of EventBridge: what it matches, and what it says of it. */
export interface BackupEventRule {
  /** For the resource's name. */
  suffix: string;
  description: string;
  pattern: object;
}

const ended = (detailType: string, states: readonly string[]) => ({
  source: ["aws.backup"],
  "detail-type": [detailType],
  // "Some events report status: COMPLETED whereas other events report state: COMPLETED."
  // https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
  detail: { $or: [{ state: states }, { status: states }] },
});

const FAILED_VALIDATION = ["FAILED", "TIMED_OUT"];

/** How jobs of AWS Backup end that should have ended otherwise. States as in BackupJobState, CopyJobState and RestoreJobStatus of its API. */
export const BACKUP_EVENT_RULES: readonly BackupEventRule[] = [
  {
    suffix: "backup-job",
    description: "AWS Backup: a backup job failed, was ended, expired before it began, or completed in part",
    pattern: ended("Backup Job State Change", ["ABORTED", "EXPIRED", "FAILED", "PARTIAL"]),
  },
  {
    suffix: "copy-job",
    description: "AWS Backup: a copy to another vault failed, or completed in part",
    pattern: ended("Copy Job State Change", ["FAILED", "PARTIAL"]),
  },
  {
    suffix: "restore-job",
    description: "AWS Backup: a restore, for example one of a restore test, failed or was ended",
    pattern: ended("Restore Job State Change", ["ABORTED", "FAILED"]),
  },
  {
    suffix: "restore-validation",
    description: "AWS Backup: the validation of a restore test failed or timed out",
    // The result is put by PutRestoreValidationResult, which CloudTrail reports where the account has a trail.
    pattern: {
      source: ["aws.backup"],
      $or: [
        { "detail-type": ["Restore Job State Change"], detail: { validationStatus: FAILED_VALIDATION } },
        {
          "detail-type": ["AWS API Call via CloudTrail"],
          detail: { eventName: ["PutRestoreValidationResult"], requestParameters: { validationStatus: FAILED_VALIDATION } },
        },
      ],
    },
  },
];
