import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { formatDuration } from "@pgkeep/core";
import { commandText } from "./commandText.js";
import type { Narrator } from "./Narrator.js";

interface Shown {
  exitCode?: number;
  /** Of the role that `--to` names. */
  password?: string;
}

/** The real `pgkeep`, run as a user would run it: in the folder of its configuration, with secrets in the environment only. */
export class CommandLine {
  private readonly program: string;
  private running: ChildProcess | undefined;

  constructor(
    private readonly narrator: Narrator,
    private readonly folder: string,
    private readonly environment: NodeJS.ProcessEnv,
  ) {
    const agent = createRequire(import.meta.url).resolve("@pgkeep/agent/package.json");
    this.program = join(dirname(agent), "dist", "cli", "main.js");
  }

  /** Shows a command and what it prints; its exit code must be the expected one. Returns how long it took. */
  async show(args: string[], { exitCode: expected = 0, password }: Shown = {}): Promise<number> {
    this.narrator.command(commandText(["pgkeep", ...args]));
    const env = { ...this.environment, ...(password === undefined ? {} : { PGKEEP_TARGET_PASSWORD: password }) };
    const beganAt = performance.now();
    const child = spawn(process.execPath, [this.program, ...args], { cwd: this.folder, env, stdio: "inherit" });
    this.running = child;
    const [exitCode] = await once(child, "exit");
    const milliseconds = performance.now() - beganAt;
    const outcome =
      exitCode === expected
        ? `${exitCode === 0 ? "done" : "refused, as it must be"}: exit code ${exitCode}`
        : `exit code ${exitCode} instead of ${expected}`;
    this.narrator.claim(`${outcome}, after ${formatDuration(milliseconds)}`, exitCode === expected);
    return milliseconds;
  }

  /** Interrupts the command that runs, if any, and waits for its end. */
  async end(): Promise<void> {
    const child = this.running;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill("SIGTERM");
    await exit;
  }

  /** The result of a command as data, without showing it. */
  async read<Result>(args: string[]): Promise<Result> {
    const child = spawn(process.execPath, [this.program, ...args, "--json"], {
      cwd: this.folder,
      env: this.environment,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exit = once(child, "exit");
    let text = "";
    for await (const chunk of child.stdout) text += chunk;
    const [exitCode] = await exit;
    if (exitCode !== 0) throw new Error(`pgkeep ${args.join(" ")} ended with ${exitCode}`);
    return JSON.parse(text) as Result;
  }
}
