import { spawn } from "node:child_process";
import { age, findAge } from "../../setup/age.mjs";
import { findProgram } from "../../setup/command.mjs";

/** The official `age` program; built with Go on first use. */
export async function ageProgram(): Promise<string> {
  await age();
  const program = findAge();
  if (program === undefined) throw new Error("the age program was built but is not where it should be");
  return program;
}

export function zstdProgram(): string {
  const program = findProgram("zstd");
  if (program === undefined) {
    throw new Error(
      "these tests prove that the public `zstd` program opens our objects: install it (apt-get install zstd, brew install zstd)",
    );
  }
  return program;
}

/** Feeds bytes to a program and gives what it printed; any exit code but 0 is an error with its messages. */
export function through(program: string, args: string[], input: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "pipe" });
    const [output, messages]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => messages.push(chunk));
    child.stdin.on("error", () => {}); // it ended without reading everything; its exit code says whether that was wrong
    child.stdin.end(input);
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(Buffer.concat(output));
      else reject(new Error(`${program} ended with ${code}: ${Buffer.concat(messages)}`));
    });
  });
}
