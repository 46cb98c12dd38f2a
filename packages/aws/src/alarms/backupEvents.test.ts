import { BackupJobState, CopyJobState, RestoreJobStatus, RestoreValidationStatus } from "@aws-sdk/client-backup";
import { describe, expect, test } from "vitest";
import { BACKUP_EVENT_RULES } from "./backupEvents.js";

const patternOf = (suffix: string) => BACKUP_EVENT_RULES.find((rule) => rule.suffix === suffix)?.pattern as Record<string, unknown>;
const statesOf = (suffix: string) => {
  const { detail } = patternOf(suffix) as { detail: { $or: [{ state: string[] }, { status: string[] }] } };
  return detail.$or;
};

describe("jobs of AWS Backup", () => {
  test.each([
    ["backup-job", BackupJobState, ["CREATED", "PENDING", "RUNNING", "ABORTING", "COMPLETED"]],
    ["copy-job", CopyJobState, ["CREATED", "RUNNING", "COMPLETED"]],
    ["restore-job", RestoreJobStatus, ["PENDING", "RUNNING", "COMPLETED"]],
  ])("%s: every state that the API knows is told, but those of a job that goes well", (suffix, known, well) => {
    const [{ state }, { status }] = statesOf(suffix);
    const bad = Object.values(known).filter((one) => !well.includes(one));
    expect([...state].sort()).toEqual(bad.sort());
    expect(status).toEqual(state);
  });

  test("a validation is told when it failed or timed out", () => {
    const told = JSON.stringify(patternOf("restore-validation"));
    expect(told).toContain(JSON.stringify([RestoreValidationStatus.FAILED, RestoreValidationStatus.TIMED_OUT]));
    expect(told).not.toContain(RestoreValidationStatus.SUCCESSFUL);
  });

  test("patterns are as short as EventBridge takes them", () => {
    for (const { pattern, description } of BACKUP_EVENT_RULES) {
      expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(2048);
      expect(description.length).toBeLessThanOrEqual(512);
    }
  });
});
