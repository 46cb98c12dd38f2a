import { z } from "zod";
import { durationSchema } from "./duration.js";
import { refuse } from "./refuse.js";
import { RetentionEnforcer } from "./retention/retentionRules.js";
import { cronSchema } from "./schedule/cron.js";
import { timeZoneSchema } from "./schedule/timeZone.js";

/** What can be run by schedule, in the order in which it is told. */
export const SCHEDULED_JOBS = ["backup", "drill", "retention", "copy"] as const;
export type ScheduledJob = (typeof SCHEDULED_JOBS)[number];

/** The section `schedule`: when `pgkeep schedule` runs what. */
export const scheduleSchema = z.strictObject({
  timeZone: timeZoneSchema()
    .default("UTC")
    .describe(
      "IANA time zone of all times here, for example Europe/Berlin. Defaults to UTC. A time that the clocks pass over runs at the change; one that comes twice runs once.",
    ),
  backup: cronSchema()
    .optional()
    .describe("When a recovery point is taken, in the five fields of cron, for example `0 2 * * *`. Defaults to never."),
  drill: cronSchema().optional().describe("When the newest recovery point is drilled, for example `0 4 * * SUN`. Defaults to never."),
  retention: cronSchema()
    .optional()
    .describe(
      "When retention is applied, in the store and in each copy that has a policy of its own; needs a credential that may delete. Defaults to never.",
    ),
  copy: cronSchema()
    .optional()
    .describe("When recovery points that are missing in the stores of `copies` are copied there. Defaults to never."),
  retryFor: durationSchema("15m", { least: "0s" }).describe(
    "How long a run that could not reach something, or is worth another try, is tried again, at most until the next is due. Defaults to 15m; 0s tries once.",
  ),
  health: z
    .strictObject({
      address: z
        .union([z.ipv4(), z.ipv6()], { error: "this is no IP address" })
        .default("127.0.0.1")
        .describe(
          "IP address that answers /healthz and /readyz. Defaults to 127.0.0.1, which nothing outside reaches; in a container 0.0.0.0.",
        ),
      port: z.int().min(1).max(65_535).default(9640).describe("Its port. Defaults to 9640."),
      metrics: z
        .boolean()
        .default(false)
        .describe(
          "Whether it also answers /metrics, for Prometheus. Defaults to false: they name databases and tell their sizes to whoever asks.",
        ),
    })
    .optional()
    .describe("An HTTP endpoint that tells whether the scheduler is well. Absent: none."),
});

/** When what is run, with every default in place. */
export type ScheduleConfig = z.infer<typeof scheduleSchema>;

/** Refuses a job that is scheduled and has nothing to do. */
export function assertScheduledJobs(
  config: {
    schedule?: Pick<ScheduleConfig, "retention" | "copy"> | undefined;
    retention?: { enforcedBy?: RetentionEnforcer } | undefined;
    copies?: readonly { retention?: unknown }[] | undefined;
  },
  context: z.core.$RefinementCtx,
): void {
  const { schedule, retention, copies = [] } = config;
  const nothingOfCopies = copies.every((copy) => copy.retention === undefined);
  if (schedule?.retention !== undefined && retention?.enforcedBy === RetentionEnforcer.Lifecycle && nothingOfCopies) {
    const reason = "S3 enforces retention here (retention.enforcedBy: lifecycle), so there is nothing to apply";
    refuse(context, { reason, next: "remove schedule.retention, or leave retention to the agent" }, ["schedule", "retention"]);
  }
  if (schedule?.retention !== undefined && retention === undefined && nothingOfCopies) {
    const reason = "no policy is configured, so nothing says what may go";
    const next = "write the section `retention`, for example `retention: { preset: production }`, or remove schedule.retention";
    refuse(context, { reason, next }, ["schedule", "retention"]);
  }
  if (schedule?.copy !== undefined && copies.length === 0) {
    const reason = "no copies are configured, so there is nowhere to copy to";
    refuse(context, { reason, next: "write the section `copies`, or remove schedule.copy" }, ["schedule", "copy"]);
  }
}
