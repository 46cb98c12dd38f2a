import { z } from "zod";
import { periodSchema } from "../periodConfig.js";
import { refuse } from "../refuse.js";
import { lifecycleRefusals } from "./lifecycleRefusals.js";
import { COUNT_RULES, mostKept, RetentionEnforcer, RetentionPreset, retentionRules } from "./retentionRules.js";

/** Many more would be a misprint: 10,000 hourly recovery points are more than a year of them. */
const MOST = 10_000;

function countSchema(what: string) {
  return z.int().min(1).max(MOST).optional().describe(what);
}

/** The configuration section `retention`, and a policy file. Rules add up: what any of them keeps stays. */
export const retentionSchema = z
  .strictObject({
    enforcedBy: z
      .enum(RetentionEnforcer)
      .default(RetentionEnforcer.Agent)
      .describe(
        "Who removes: agent (default) is `pgkeep retention apply`, with its guards; lifecycle is the S3 bucket itself, by days from the creation of each object, whose class the agent writes as a tag. Of a recovery point that was written before the change S3 knows no class, and expires none.",
      ),
    preset: z
      .enum(RetentionPreset)
      .optional()
      .describe(
        "A ready-made policy: development (keepLast 3), staging (keepDaily 7) or production (keepDaily 30, keepWeekly 52). What is written beside it wins over it.",
      ),
    keepLast: countSchema("How many of the newest stay, 1 to 10000."),
    keepHourly: countSchema("The newest of each of the last so many hours that hold any, 1 to 10000."),
    keepDaily: countSchema("The newest of each of the last so many days that hold any, 1 to 10000."),
    keepWeekly: countSchema("The newest of each of the last so many ISO weeks (Monday to Sunday) that hold any, 1 to 10000."),
    keepMonthly: countSchema("The newest of each of the last so many months that hold any, 1 to 10000."),
    keepYearly: countSchema("The newest of each of the last so many years that hold any, 1 to 10000."),
    keepWithin: periodSchema()
      .optional()
      .describe("Everything younger than this stays, for example 48h, counted back from the newest good recovery point, 1h to 3650d."),
    minimum: z
      .int()
      .min(1)
      .max(MOST)
      .optional()
      .describe(
        "How many good recovery points stay whatever the rules say, 1 to 10000. Defaults to 3, or to what the rules keep at most where that is less.",
      ),
    keepSuspicious: periodSchema("90d")
      .optional()
      .describe(
        "How long a suspicious recovery point stays that nobody accepts, counted back from the newest good one, 1h to 3650d. It never counts. Defaults to 90d, or to keepWithin where that is longer.",
      ),
    afterBackup: z
      .boolean()
      .default(false)
      .describe(
        "Whether `pgkeep backup` prunes after each backup that was not suspicious. Set it only where the backup's credential may delete. Defaults to false: `pgkeep retention apply` is a job of its own.",
      ),
  })
  .superRefine((policy, context) => {
    const ruled = policy.preset !== undefined || policy.keepWithin !== undefined || COUNT_RULES.some((rule) => policy[rule] !== undefined);
    if (!ruled) {
      refuse(context, {
        reason: "this policy names no rule, so it would keep nothing but the minimum",
        allowed: `preset, or one or more of ${COUNT_RULES.join(", ")}, keepWithin`,
        next: "write for example keepLast: 7, or preset: production",
      });
      return;
    }
    if (policy.enforcedBy === RetentionEnforcer.Lifecycle) {
      for (const { path, ...refusal } of lifecycleRefusals(policy)) refuse(context, refusal, path);
      return;
    }
    const { minimum, ...rules } = retentionRules(policy);
    const most = mostKept(rules, rules.keepWithin);
    if (policy.minimum !== undefined && policy.minimum > most) {
      refuse(
        context,
        {
          reason: `this contradicts the rules: they keep ${most} at most, and the minimum would always keep ${minimum}`,
          allowed: `1 to ${most} with these rules`,
          next: `raise the rules, for example keepLast: ${minimum}, or lower the minimum`,
        },
        ["minimum"],
      );
    }
    if (policy.keepSuspicious !== undefined && policy.keepSuspicious < rules.keepWithin) {
      refuse(
        context,
        {
          reason:
            "this contradicts keepWithin: a suspicious recovery point would go before the good ones of its time that it must be compared with",
          next: "write a period that is not shorter than keepWithin",
        },
        ["keepSuspicious"],
      );
    }
  })
  .describe(
    "Which recovery points stay. Absent: all of them. A change deletes nothing by itself; the next `pgkeep retention apply` follows it, and `pgkeep retention plan` shows beforehand what that means.",
  );

/** A retention policy as the schema reads it; periods are milliseconds. */
export type RetentionPolicy = z.infer<typeof retentionSchema>;
