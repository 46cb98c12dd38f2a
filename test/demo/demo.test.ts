import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { missingPostgres } from "../support/postgresServer.js";

const repository = fileURLToPath(new URL("../..", import.meta.url));
/** A temporary folder of the test's own, so that what a demo leaves behind can be seen. */
let temporary: string;

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "pgkeep-demo-test-"));
  // The server may run under another account.
  chmodSync(temporary, 0o755);
});
afterEach(() => rmSync(temporary, { recursive: true, force: true }));

/** The demo as `npm run demo` runs it, after the set-up. */
function startDemo(): { process: ChildProcess; output: () => string } {
  const program = ["--import", join(repository, "setup", "typescript.mjs"), join(repository, "examples", "demo", "main.ts")];
  const child = spawn(process.execPath, program, { cwd: repository, env: { ...process.env, TMPDIR: temporary } });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return { process: child, output: () => output };
}

it.skipIf(missingPostgres(15) !== undefined)(
  "the demo holds all that it claims, quickly, in plain words",
  async () => {
    const beganAt = performance.now();
    const demo = startDemo();
    const [exitCode] = await once(demo.process, "close");
    expect(demo.output()).toMatch(/All \d+ claims held, in \d+ seconds\.\n$/);
    expect(exitCode).toBe(0);
    expect(demo.output()).not.toContain("\u001b");
    // A minute by itself; here other tests may have the other half of the machine.
    expect(performance.now() - beganAt).toBeLessThan(90_000);
    expect(readdirSync(temporary)).toEqual([]);
  },
  120_000,
);

it.skipIf(missingPostgres(15) !== undefined).each(["$ pg_dump", "scratch server: "])(
  "a demo interrupted after `%s` ends what it started",
  async (moment) => {
    const demo = startDemo();
    while (!demo.output().includes(moment)) {
      expect(demo.process.exitCode, demo.output()).toBeNull();
      await sleep(20);
    }
    demo.process.kill("SIGINT");
    const [exitCode] = await once(demo.process, "close");
    expect(exitCode).toBe(130);
    expect(readdirSync(temporary)).toEqual([]);
  },
  120_000,
);
