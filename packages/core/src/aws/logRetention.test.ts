import { expect, it } from "vitest";
import { LOG_RETENTION_DAYS, logRetentionProblem } from "./logRetention.js";

it("takes the days that CloudWatch Logs has, and none beside them", () => {
  for (const days of LOG_RETENTION_DAYS) expect(logRetentionProblem(days)).toBeUndefined();
  for (const days of [0, 2, 8, 29, 31, 364, 366, 3652, 3654, -1, 7.5]) expect(logRetentionProblem(days), `${days}`).toMatch(/CloudWatch/);
});
