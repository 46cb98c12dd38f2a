import { randomBytes } from "node:crypto";
import { ExitCode, ProblemError, type StoreLayout } from "@pgkeep/core";
import { z } from "zod";
import type { Reporter } from "../reporter.js";
import { assertCreateOnly } from "../store/assertCreateOnly.js";
import { ObjectExistsError, type Store } from "../store/Store.js";
import { readRecord } from "./readRecord.js";
import { recordText } from "./recordText.js";

const stepSchema = z.object({
  at: z.coerce.date(),
  recoveryPoint: z.string(),
  run: z.string().nullable().describe("PGKEEP_RUN_ID, such as a Job's UID; null where nobody named the run"),
  attempt: z.string(),
  by: z.string(),
  exitCode: z.number().int().nullable().describe("How it ended; null in all steps but the last"),
});

type StepRecord = z.infer<typeof stepSchema>;
type Step = Parameters<StoreLayout["restoreStep"]>[1];

/** The restore that is to happen once, and who does it. */
export interface OnceRequest {
  name: string;
  recoveryPoint: string;
  /** Attempts of one run may follow each other. */
  run: string | undefined;
  by: string;
}

/** The steps of a restore that happens once, each of which is written before it is taken. */
export interface OnceRestore {
  /** Nothing was touched yet. Throws a ProblemError where the name is taken. */
  begin(): Promise<void>;
  /** From here on databases change under their own names. Throws where another attempt came here. */
  change(): Promise<void>;
  /** It is over. Never throws: what is done is done, and a record that cannot be written is a warning. */
  finish(exitCode: ExitCode): Promise<void>;
}

/**
 * A restore under a name that nobody can use again, whatever starts it: records that are only ever created tell how far it came. Another attempt of the
 * same run goes on where nothing had changed; where the run is done, `done` says how it ended. Everything else is refused.
 */
export async function onceRestore(
  store: Store,
  layout: StoreLayout,
  request: OnceRequest,
  reporter: Reporter,
): Promise<{ steps: OnceRestore; done: ExitCode | undefined }> {
  const attempt = randomBytes(4).toString("hex");
  const { name, run = null, recoveryPoint, by } = request;
  const read = (step: Step) => readRecord(store, layout.restoreStep(name, step), stepSchema);
  const write = async (step: Step, exitCode: ExitCode | null = null) => {
    const key = layout.restoreStep(name, step);
    try {
      await store.putDocument(key, recordText({ at: new Date(), recoveryPoint, run, attempt, by, exitCode } satisfies StepRecord));
    } catch (error) {
      if (!(error instanceof ObjectExistsError)) throw error;
      const before = await read(step);
      // A store may take a document and lose its answer.
      if (before === undefined) throw error;
      if (before.attempt === attempt) return;
      if (step === "begun" && isSameRun(before, run)) return;
      throw refusal(name, await furthest(read, before));
    }
  };
  const begun = await read("begun");
  const steps: OnceRestore = {
    begin: async () => {
      await write("begun");
      // The whole promise stands on it.
      await assertCreateOnly(store, layout.restoreStep(name, "begun"));
    },
    change: () => write("changing"),
    finish: async (exitCode) => {
      await write("done", exitCode).catch((error: Error) =>
        reporter.warning(`that the restore ${name} came to its end was not recorded: ${error.message}`),
      );
    },
  };
  if (begun === undefined) return { steps, done: undefined };
  const last = await furthest(read, begun);
  if (!isSameRun(begun, run) || last.step === "changing") throw refusal(name, last);
  return { steps, done: last.step === "done" ? (last.record.exitCode ?? ExitCode.Done) : undefined };
}

interface Furthest {
  step: Step;
  record: StepRecord;
}

function isSameRun(record: StepRecord, run: string | null): boolean {
  return run !== null && record.run === run;
}

async function furthest(read: (step: Step) => Promise<StepRecord | undefined>, begun: StepRecord): Promise<Furthest> {
  for (const step of ["done", "changing"] as const) {
    const record = await read(step);
    if (record !== undefined) return { step, record };
  }
  return { step: "begun", record: begun };
}

const CAME_TO: Readonly<Record<Step, string>> = {
  begun: "and its databases were not touched under their own names, or not yet",
  changing: "and was about to change databases under their own names: whether it did, they themselves tell",
  done: "and came to its end",
};

function refusal(name: string, { step, record }: Furthest): ProblemError {
  const ended = record.exitCode ? ` with exit code ${record.exitCode}` : "";
  return new ProblemError(ExitCode.Usage, {
    where: "--once",
    received: name,
    reason: `this restore, of ${record.recoveryPoint}, was begun already, by ${record.by}, ${CAME_TO[step]}${ended} (${record.at.toISOString()}). Nothing was touched now`,
    next: "nothing, where that was meant; to restore again choose another name",
  });
}
