import { z } from "zod";
import { durationSchema } from "./duration.js";
import { uniqueList } from "./uniqueList.js";

/** What an agent does that others may be told of. */
export enum NotifiedJob {
  Backup = "backup",
  Drill = "drill",
  Restore = "restore",
  Retention = "retention",
  Copy = "copy",
}

/** What became of a job, as a webhook is told. A job that ended with another exit code than 0 has failed: whoever is told must look. */
export enum NotifiedEvent {
  Started = "started",
  Succeeded = "succeeded",
  Failed = "failed",
}

const jobsSchema = (defaults: NotifiedJob[]) =>
  z.array(z.enum(NotifiedJob)).min(1).superRefine(uniqueList("one mention is enough")).default(defaults);

/** Who is told about jobs. Where to is a secret, and comes from the environment. */
export const notifySchema = z
  .strictObject({
    timeout: durationSchema("15s", { least: "100ms", reason: "no answer comes so soon" }).describe(
      "How long one notification may take, all its tries together. Defaults to 15s. A notification that fails is a warning and never changes the result of a job.",
    ),
    heartbeat: z
      .strictObject({
        jobs: jobsSchema([NotifiedJob.Backup]).describe(
          "Jobs that ping PGKEEP_HEARTBEAT_URL. Defaults to backup alone: a check that expects one ping a day must not be kept green by another job.",
        ),
        form: z
          .enum(["healthchecks", "plain"])
          .default("healthchecks")
          .describe(
            "healthchecks (default): /start, success at the URL itself, failure at /EXIT-CODE, each with a run id. plain: the URL as it is, at success only.",
          ),
      })
      .prefault({})
      .describe("Pings of a dead man's switch, which tells somebody when they stay away."),
    webhook: z
      .strictObject({
        jobs: jobsSchema(Object.values(NotifiedJob)).describe("Jobs that PGKEEP_WEBHOOK_URL is told of. Defaults to all."),
        events: z
          .array(z.enum(NotifiedEvent))
          .min(1)
          .superRefine(uniqueList("one mention is enough"))
          .default([NotifiedEvent.Failed])
          .describe("What it is told: started, succeeded, failed. Defaults to failed alone."),
      })
      .prefault({})
      .describe("A JSON document for every event, by POST."),
  })
  .prefault({})
  .describe(
    "Who is told about jobs. The URLs are secrets: PGKEEP_HEARTBEAT_URL, PGKEEP_WEBHOOK_URL and PGKEEP_WEBHOOK_TOKEN, or each with _FILE behind its name.",
  );
