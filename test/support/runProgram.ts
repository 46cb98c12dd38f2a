import { spawn } from "node:child_process";

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Written to its standard input. */
  input?: string;
}

/** Runs a program to its end; what it printed, without the last line's end. Anything but exit code 0 is an error that quotes its messages. */
export function runProgram(program: string, args: string[], options: RunOptions = {}): Promise<string> {
  const { input, ...spawnOptions } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...spawnOptions, stdio: ["pipe", "pipe", "pipe"] });
    const output: Buffer[] = [];
    const messages: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => messages.push(chunk));
    child.stdin.on("error", () => {
      // it ended without reading everything; its exit code says whether that was an error
    });
    child.stdin.end(input ?? "");
    child.once("error", reject);
    child.once("close", (code, signal) => {
      const text = Buffer.concat(output).toString("utf8").replace(/\n$/, "");
      if (code === 0) resolve(text);
      else reject(new Error(`${program} ended with ${code ?? signal}: ${Buffer.concat(messages).toString("utf8").trim() || text}`));
    });
  });
}
