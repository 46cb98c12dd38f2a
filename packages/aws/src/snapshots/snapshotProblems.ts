import {
  argumentProblems,
  deploymentKeyProblem,
  judgedText,
  LONGEST_DEPLOYMENT_KEY,
  leaf,
  MOST_MANUAL_SNAPSHOTS,
  type Problem,
  RDS_INSTANCE_ARN_FORM,
  rdsInstanceArnProblem,
  requiredLeaf,
} from "@pgkeep/core";
import { z } from "zod";
import type { PreDeploySnapshotArgs } from "./PreDeploySnapshotArgs.js";

const series = judgedText((text) => (/^[A-Za-z0-9._:/=+@-]{1,128}$/.test(text) ? undefined : "this is no value that the tag takes"), {
  allowed: "1 to 128 letters, digits and ._:/=+@-",
});

const keep = z.number().superRefine((value, context) => {
  if (Number.isInteger(value) && value >= 1 && value <= MOST_MANUAL_SNAPSHOTS) return;
  const message =
    value > MOST_MANUAL_SNAPSHOTS
      ? "AWS allows 100 manual snapshots in a Region of an account: with so many to keep, the next deployment would find no room"
      : "the newest snapshot is never removed";
  context.addIssue({ code: "custom", message, params: { allowed: `a whole number from 1 to ${MOST_MANUAL_SNAPSHOTS}` } });
});

const schema = z.strictObject({
  instanceArn: requiredLeaf(judgedText(rdsInstanceArnProblem, { allowed: RDS_INSTANCE_ARN_FORM })),
  deploymentKey: judgedText(deploymentKeyProblem, {
    allowed: `1 to ${LONGEST_DEPLOYMENT_KEY} letters, digits, dots, underscores, slashes and hyphens, for example a git SHA`,
  }),
  series: leaf(series),
  keep: leaf(keep),
  tags: z.unknown().optional(),
});

/** Everything that is wrong with the arguments, as far as they are known. */
export function snapshotProblems(args: PreDeploySnapshotArgs): Problem[] {
  return argumentProblems(schema, args).problems;
}
