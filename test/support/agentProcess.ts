import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Connection } from "@pgkeep/core";

export const agentProgram = join(import.meta.dirname, "../../packages/agent/dist/cli/main.js");

export interface AgentRun {
  exitCode: number | null;
  /** Standard output. */
  result: string;
  /** Standard error. */
  messages: string;
  /** The largest part of memory that it ever had, in bytes; Linux only, else 0. */
  peakBytes: number;
  milliseconds: number;
}

/** Writes a configuration file (YAML is a superset of JSON) for a test server. */
export function writeConfig(path: string, { host, port, user }: Connection, settings: Record<string, unknown>): void {
  const connection = { host, port, user, sslmode: "disable", retryFor: "2s" };
  writeFileSync(path, JSON.stringify({ version: 1, connection, ...settings }), { mode: 0o600 });
}

/** Runs the built command line as a user would, and watches its memory. */
export async function runAgent(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<AgentRun> {
  const began = performance.now();
  const child = spawn(process.execPath, [agentProgram, ...args], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  let result = "";
  let messages = "";
  let peakBytes = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    result += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    messages += text;
  });
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(child.pid));
  }, 50);
  const exitCode = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  clearInterval(watch);
  return { exitCode, result, messages, peakBytes, milliseconds: performance.now() - began };
}

/** VmHWM, the peak that Linux itself keeps, so that nothing between two looks is missed. */
function peakOf(processId: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${processId}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
