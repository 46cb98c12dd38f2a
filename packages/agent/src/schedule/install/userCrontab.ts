import { spawn } from "node:child_process";
import { ExitCode, ProblemError } from "@pgkeep/core";

/** What `crontab` printed and how it ended. */
interface Ended {
  exitCode: number | null;
  output: string;
  messages: string;
}

/** The account's crontab as it is, empty where there is none. */
export async function readCrontab(environment: NodeJS.ProcessEnv): Promise<string> {
  const { exitCode, output, messages } = await crontab(["-l"], environment);
  if (exitCode === 0) return output;
  if (/no crontab/i.test(messages)) return "";
  throw refused(messages, "read");
}

export async function writeCrontab(text: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const { exitCode, messages } = await crontab(["-"], environment, text);
  if (exitCode !== 0) throw refused(messages, "written");
}

/** Whether this machine's cron is cronie, the one that reads CRON_TZ. Others do not know the option -V. */
export async function isCronie(environment: NodeJS.ProcessEnv): Promise<boolean> {
  const { output, messages } = await crontab(["-V"], environment);
  return /cronie/i.test(`${output}${messages}`);
}

async function crontab(words: string[], environment: NodeJS.ProcessEnv, input = ""): Promise<Ended> {
  const { PATH, HOME, USER, LOGNAME } = environment;
  const child = spawn("crontab", words, { env: { PATH, HOME, USER, LOGNAME, LC_ALL: "C" }, stdio: ["pipe", "pipe", "pipe"] });
  let [output, messages] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (messages += text));
  // A program that ends without having read says so by its exit code.
  child.stdin.on("error", () => undefined).end(input);
  return await new Promise<Ended>((resolve, reject) => {
    child.once("error", (error) => reject(missing(error)));
    child.once("close", (exitCode) => resolve({ exitCode, output, messages }));
  });
}

function missing(cause: Error): ProblemError {
  const problem = {
    where: "crontab",
    reason: "there is no program `crontab` on PATH, so this machine has no cron",
    next: "install cron, or use --systemd, or run `pgkeep schedule` as a service",
  };
  return new ProblemError(ExitCode.Configuration, problem, { cause });
}

function refused(messages: string, what: string): ProblemError {
  return new ProblemError(ExitCode.Permission, {
    where: "crontab",
    reason: `the crontab of this account cannot be ${what}: ${messages.trim().slice(0, 500)}`,
    next: "see cron.allow and cron.deny in crontab(1)",
  });
}
