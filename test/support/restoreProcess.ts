import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection, Manifest } from "@pgkeep/core";

/** A restore in a process of its own, to be killed. */
export interface RestoreProcess {
  readonly child: ChildProcess;
  /** Lines it told so far. */
  readonly lines: string[];
  /** Resolves when it told a line that fits; rejects when it ended before. */
  told(pattern: RegExp): Promise<void>;
  /** How it ended. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Starts runRestore in a new process that runs our TypeScript as it is. */
export function startRestore(
  storeFolder: string,
  connection: Connection,
  manifest: Manifest,
  options: Record<string, unknown> = {},
): RestoreProcess {
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-process-"));
  const url = (path: string) => JSON.stringify(new URL(`../../packages/agent/src/${path}`, import.meta.url).href);
  const script = join(folder, "restore.ts");
  writeFileSync(
    script,
    `import { openStore } from ${url("store/openStore.ts")};
     import { runRestore } from ${url("restore/runRestore.ts")};
     const say = (line: string) => console.log(line);
     const controller = new AbortController();
     process.on("SIGTERM", () => controller.abort(new Error("interrupted")));
     const store = await openStore({ url: ${JSON.stringify(`file://${storeFolder}`)}, forcePathStyle: false, checksums: "when_supported" }, {});
     try {
       await runRestore({ store, connection: ${JSON.stringify(connection)}, manifest: ${JSON.stringify(manifest)}, signal: controller.signal,
         reporter: { info: say, warning: say, progress() {} }, ...${JSON.stringify(options)} });
       say("restored");
     } catch (error) {
       say("failed: " + (error as Error).message);
       process.exitCode = 1;
     }`,
    { mode: 0o600 },
  );
  const typescript = new URL("../../setup/typescript.mjs", import.meta.url).href;
  const child = spawn(process.execPath, ["--import", typescript, script], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let rest = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
    for (const look of waiting) look();
  });
  const ended = once(child, "close").then(([code, signal]) => {
    rmSync(folder, { recursive: true });
    for (const look of waiting) look();
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  return {
    child,
    lines,
    ended,
    told: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (lines.some((line) => pattern.test(line))) resolve();
          else if (child.exitCode !== null || child.signalCode !== null)
            reject(new Error(`it ended before it told ${pattern}: ${lines.join("\n")}`));
          else return;
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      }),
  };
}
