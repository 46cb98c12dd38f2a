import { z } from "zod";
import { periodSchema } from "./periodConfig.js";

/** What recovery points are held against, by `status`, the metrics and retention. */
export const objectivesSchema = z
  .strictObject({
    rpo: periodSchema("26h")
      .optional()
      .describe(
        "How old the newest good recovery point may be, for example 26h for a daily backup. Absent: its age is told and held against nothing. A change deletes nothing.",
      ),
    provenWithin: periodSchema("35d")
      .optional()
      .describe(
        "How long ago the last drill that passed, of a good recovery point, may be, for example 35d for a monthly one. Where it is set, retention stops while nothing was proven within it. Absent: held against nothing.",
      ),
  })
  .prefault({})
  .describe("What recovery points are held against: pgkeep status and the metrics tell when one is missed.");
