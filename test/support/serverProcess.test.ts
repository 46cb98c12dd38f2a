import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { isRunning } from "./processFamily.js";
import { startServerProcess } from "./serverProcess.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pgkeep-process-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("says why a program ended at its start", async () => {
  const logFile = join(folder, "log");
  const start = startServerProcess({ program: "sh", args: ["-c", "echo no such setting >&2; exit 1"], logFile, ready: () => false });
  await expect(start).rejects.toThrow(/ended at its start:\s+no such setting/);
});

// Only Linux signals a child at its parent's death.
it.runIf(process.platform === "linux")("leaves no program behind, not even when its own process is killed", async () => {
  const script = join(folder, "parent.ts");
  const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  writeFileSync(
    script,
    `import { startServerProcess } from ${url("serverProcess.ts")};
     const server = await startServerProcess({ program: "sleep", args: ["600"], logFile: ${JSON.stringify(join(folder, "log"))}, ready: () => true });
     console.log(server.processId);
     setInterval(() => {}, 1000);`,
  );
  const typescript = new URL("../../setup/typescript.mjs", import.meta.url).href;
  const parent = spawn(process.execPath, ["--import", typescript, script], { stdio: ["ignore", "pipe", "inherit"] });
  const [first] = await once(parent.stdout, "data");
  const processId = Number(String(first));
  expect(isRunning(processId)).toBe(true);
  parent.kill("SIGKILL");
  await expect.poll(() => isRunning(processId)).toBe(false);
});
