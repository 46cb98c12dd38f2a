import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerAccount } from "./serverAccount.js";

export interface ServerProcessOptions {
  program: string;
  args: string[];
  /** What it says, on either stream, is appended here. */
  logFile: string;
  env?: NodeJS.ProcessEnv;
  account?: ServerAccount | undefined;
  /** Sent when this process dies. */
  lastSignal?: "SIGQUIT" | "SIGKILL";
  ready(processId: number): boolean | Promise<boolean>;
}

/** A server program that runs until `end`, and in no case longer than this process. */
export interface ServerProcess {
  readonly processId: number;
  readonly running: boolean;
  /** Sends the signal and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

const running = new Map<ChildProcess, NodeJS.Signals>();
process.once("exit", () => {
  for (const [child, signal] of running) child.kill(signal);
});

/** Starts a server program and waits, for a minute at most, until it is ready. */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const { lastSignal = "SIGKILL" } = options;
  const log = openSync(options.logFile, "a");
  const { program, args, identity } = tied(options, lastSignal);
  const child = spawn(program, args, {
    ...identity,
    cwd: "/",
    stdio: ["ignore", log, log],
    env: options.env ?? { PATH: process.env.PATH ?? "" },
  });
  closeSync(log);
  const gone = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  }).then(() => {
    running.delete(child);
  });
  running.set(child, lastSignal);
  const server: ServerProcess = {
    processId: child.pid ?? 0,
    get running() {
      return running.has(child);
    },
    end: async (signal) => {
      if (server.running) child.kill(signal);
      await gone;
    },
  };
  for (const deadline = Date.now() + 60_000; ; await sleep(20)) {
    const story = () => `\n${readFileSync(options.logFile, "utf8")}`;
    if (!server.running) throw new Error(`${options.program} ended at its start:${story()}`);
    if (await options.ready(server.processId)) return server;
    if (Date.now() > deadline) {
      await server.end("SIGKILL");
      throw new Error(`${options.program} was not ready within a minute:${story()}`);
    }
  }
}

/**
 * On Linux, `setpriv` asks the kernel to signal the program when this process dies, however it dies: a killed test run leaves no server
 * behind. It replaces itself by the program, so the process id is the program's own. Elsewhere our own exit does what it can.
 */
function tied(
  options: ServerProcessOptions,
  lastSignal: NodeJS.Signals,
): { program: string; args: string[]; identity: Partial<ServerAccount> } {
  const { account, program, args } = options;
  const setpriv = ["/usr/bin/setpriv", "/bin/setpriv"].find((path) => existsSync(path));
  if (process.platform !== "linux" || setpriv === undefined) return { program, args, identity: account ?? {} };
  const identity = account === undefined ? [] : ["--reuid", String(account.uid), "--regid", String(account.gid), "--clear-groups"];
  return { program: setpriv, args: ["--pdeathsig", lastSignal.replace("SIG", ""), ...identity, "--", program, ...args], identity: {} };
}
