import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { missingEngine } from "../support/engine/index.js";
import { missingPostgres } from "../support/postgresServer.js";
import { processesThatName } from "../support/processFamily.js";

const repository = fileURLToPath(new URL("../..", import.meta.url));
/** A temporary folder of the test's own, so that what a demo leaves behind can be seen. */
let temporary: string;

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "pgkeep-demo-test-"));
  // The server may run under another account.
  chmodSync(temporary, 0o755);
});
afterEach(() => rmSync(temporary, { recursive: true, force: true }));

/** What somebody who uses pgkeep may have in his shell, and what must not reach the demo. */
const OF_THE_READER = { PGKEEP_CONFIG: "/nowhere/pgkeep.yaml", PGKEEP_HEARTBEAT_URL: "no address", PGHOST: "db.example.org" };

/** The demo as `npm run demo` runs it, after the set-up. */
function startDemo(...args: string[]): { process: ChildProcess; output: () => string } {
  const program = ["--import", join(repository, "setup", "typescript.mjs"), join(repository, "examples", "demo", "main.ts"), ...args];
  const child = spawn(process.execPath, program, { cwd: repository, env: { ...process.env, TMPDIR: temporary, ...OF_THE_READER } });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return { process: child, output: () => output };
}

const missing = missingPostgres(15) ?? missingEngine();

it.skipIf(missing !== undefined)(
  "the demo holds all that it claims, quickly, in plain words, and begins with the real engine",
  async () => {
    const beganAt = performance.now();
    const demo = startDemo();
    const [exitCode] = await once(demo.process, "close");
    const output = demo.output();
    expect(output).toMatch(/All \d+ claims held, in \d+ seconds\.\n$/);
    expect(exitCode).toBe(0);
    expect(output).not.toContain("\u001b");
    // A minute by itself; here other tests may have the other half of the machine.
    expect(performance.now() - beganAt).toBeLessThan(240_000);
    expect(readdirSync(temporary)).toEqual([]);

    expect(output).not.toContain("NOT SHOWN");
    expect(output).toMatch(/ {2}Pulumi CLI +v3\.\d+\.\d+, \S/);
    expect(output).toMatch(/ {2}language host +(the official one|a STAND-IN for the official one)/);
    expect(output).toMatch(/ {2}providers +(the official ones|STAND-INS for the official ones)/);
    const inOrder = [
      "$ pulumi preview",
      "postgresql:index:Database access-database-syntho-core create",
      "$ pulumi up --yes --skip-preview",
      "    + 28 created",
      "$ pgkeep backup",
      "$ pgkeep drill latest",
      "14 of 14 tables came back equal, row by row",
      "$ pgkeep restore latest-proven --to postgresql://pgkeep_restore@",
      "$ pulumi preview --refresh --expect-no-changes",
      "$ pulumi preview\n",
      "      + syntho-core: UTF8, the server's locale (at creation only); at most 50 connections; no extensions",
      "      + auditor (read-only): reads syntho-backend, what is created later too; writes nothing",
    ].map((text) => ({ text, at: output.indexOf(text) }));
    expect(inOrder.filter(({ at }) => at === -1)).toEqual([]);
    expect(output).toContain("pgkeep_dump may dump everything");
  },
  300_000,
);

it.skipIf(missing !== undefined).each([
  ["$ pulumi up", []],
  ["$ pg_dump", []],
  ["scratch server: ", ["--without-pulumi"]],
])(
  "a demo interrupted after `%s` %j ends what it started",
  async (moment, args) => {
    const demo = startDemo(...args);
    while (!demo.output().includes(moment)) {
      expect(demo.process.exitCode, demo.output()).toBeNull();
      await sleep(20);
    }
    demo.process.kill("SIGINT");
    const [exitCode] = await once(demo.process, "close");
    expect(exitCode, demo.output()).toBe(130);
    expect(readdirSync(temporary)).toEqual([]);
    // The stand-in language host looks for its parent each second.
    await expect.poll(() => processesThatName(temporary), { timeout: 10_000 }).toEqual([]);
    if (args.length > 0)
      expect(demo.output()).toContain("NOT SHOWN: Pulumi, which creates all of this from Pulumi.dev.yaml, since that was asked for");
  },
  240_000,
);
