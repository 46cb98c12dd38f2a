import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { type Check, ExitCode, ProblemError, Verdict } from "@pgkeep/core";
import type { Reporter } from "../reporter.js";
import type { ApplicationHooks } from "./RestoreOptions.js";

const CHECK_FOR_MILLISECONDS = 120_000;
const CHECK_EVERY_MILLISECONDS = 1_000;
const ONE_ANSWER_MILLISECONDS = 10_000;
const OUTPUT_LIMIT = 8 * 1024;
/** What the agent knows and a command of the user's need not. */
const SECRETS = /^(PGPASSWORD|PGKEEP_IDENTITY|PGKEEP_SIGNING_KEY|PGKEEP_PASSPHRASE|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN)$/;

/**
 * Runs work while the application is stopped. Once the stop command was run, even if it failed or was interrupted, the start command is run,
 * whatever happens to the work. A start that fails is an error of its own, beside the work's.
 */
export async function withApplicationStopped<Result>(
  hooks: ApplicationHooks,
  reporter: Reporter,
  work: () => Promise<Result>,
): Promise<Result> {
  let outcome: { value: Result } | { error: unknown };
  try {
    if (hooks.stop !== undefined) {
      reporter.info(`stopping the application: ${hooks.stop}`);
      await run("--stop", hooks.stop);
    }
    outcome = { value: await work() };
  } catch (error) {
    outcome = { error };
  }
  try {
    if (hooks.start !== undefined) {
      reporter.info(`starting the application: ${hooks.start}`);
      await run("--start", hooks.start);
    }
  } catch (error) {
    if ("error" in outcome) throw both(outcome.error, error);
    throw error;
  }
  if ("error" in outcome) throw outcome.error;
  return outcome.value;
}

/**
 * Asks the address until it answers well or the time is over. By now the databases have their names, so an interruption only ends the asking:
 * the caller still has to tell how to swap back.
 */
export async function checkApplication(hooks: ApplicationHooks, signal?: AbortSignal): Promise<Check[]> {
  if (hooks.checkUrl === undefined) return [];
  const name = "application";
  const deadline = Date.now() + (hooks.checkForMilliseconds ?? CHECK_FOR_MILLISECONDS);
  for (;;) {
    const answer = await ask(hooks.checkUrl, signal);
    if (answer.well) return [{ name, verdict: Verdict.Pass, details: [`${hooks.checkUrl} answered ${answer.text}`] }];
    if (signal?.aborted)
      return [{ name, verdict: Verdict.CouldNotVerify, details: [`interrupted; until then ${hooks.checkUrl}: ${answer.text}`] }];
    if (Date.now() + CHECK_EVERY_MILLISECONDS > deadline)
      return [{ name, verdict: Verdict.Fail, details: [`${hooks.checkUrl}: ${answer.text}`] }];
    await sleep(CHECK_EVERY_MILLISECONDS, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}

async function ask(url: string, signal: AbortSignal | undefined): Promise<{ well: boolean; text: string }> {
  const timeout = AbortSignal.timeout(ONE_ANSWER_MILLISECONDS);
  try {
    const response = await fetch(url, { redirect: "follow", signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
    await response.body?.cancel();
    return { well: response.ok, text: `status ${response.status}` };
  } catch (error) {
    const cause = (error as Error).cause;
    return { well: false, text: `no answer (${cause instanceof Error ? cause.message : (error as Error).message})` };
  }
}

/** In a session of its own, so that an interrupt at the terminal, which goes to the whole group, does not reach it half-way. */
function run(flag: string, command: string): Promise<void> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SECRETS.test(name)));
  const child = spawn("/bin/sh", ["-c", command], { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const collect = (text: string) => {
    output = (output + text).slice(-OUTPUT_LIMIT);
  };
  child.stdout.setEncoding("utf8").on("data", collect);
  child.stderr.setEncoding("utf8").on("data", collect);
  return new Promise((resolve, reject) => {
    const fail = (what: string) =>
      reject(
        new ProblemError(ExitCode.TryAgain, {
          where: flag,
          received: command,
          reason: `the command ${what}${output.trim() === "" ? "" : `: ${output.trim().split("\n").slice(-5).join("\n  ")}`}`,
          next: flag === "--start" ? "start the application by hand" : "try the command by itself",
        }),
      );
    child.once("error", (error) => fail(`could not be run: ${error.message}`));
    // `exit`, not `close`: a command may leave a service behind that keeps its output open.
    child.once("exit", (code, signal) =>
      code === 0 ? resolve() : fail(signal ? `was ended by ${signal}` : `ended with exit code ${code}`),
    );
  });
}

function both(work: unknown, start: unknown): unknown {
  if (!(start instanceof ProblemError)) return work;
  if (work instanceof ProblemError) return new ProblemError(work.exitCode, [...work.problems, ...start.problems], { cause: work });
  return new ProblemError(ExitCode.Defect, [{ where: "restore", reason: String(work) }, ...start.problems], { cause: work });
}
