import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderTable } from "../../packages/agent/src/terminal/renderTable.js";
import { copyExample } from "../support/engine/copyExample.js";
import { missingEngine, startCli } from "../support/engine/index.js";
import { awsProvider } from "../support/engine/providers/aws/awsProvider.js";
import { randomProvider } from "../support/engine/providers/random/randomProvider.js";

const ROUNDS = 3;

/** How long a preview of examples/aws-rds takes on the stand-in, beside one of a program that declares nothing. */
export async function benchExample(): Promise<void> {
  const missing = missingEngine();
  if (missing !== undefined) {
    console.log(`\npreview of examples/aws-rds: NOT RUN, ${missing}`);
    return;
  }
  const example = copyExample("aws-rds");
  const empty = emptyProject(join(example, "node_modules"));
  const cli = await startCli({ providers: [awsProvider(), randomProvider()] });
  try {
    const contenders: [string, string][] = [
      ["a program that declares nothing", empty],
      ["examples/aws-rds", example],
    ];
    const seconds = new Map<string, number[]>(contenders.map(([name]) => [name, []]));
    for (const [, folder] of contenders) await succeed(folder, "stack", "init", "--stack", "preview");
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, folder] of contenders) {
        const began = performance.now();
        await succeed(folder, "preview", "--stack", "preview");
        seconds.get(name)?.push((performance.now() - began) / 1000);
      }
    }
    const median = (name: string) => (seconds.get(name) ?? []).toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
    const [[floor = ""] = []] = contenders;
    console.log(`\n\`pulumi preview\` with stand-ins of the providers, median of ${ROUNDS} rounds`);
    const rows = contenders.map(([name]) => [name, `${median(name).toFixed(2)} s`, (median(name) / median(floor)).toFixed(2)]);
    console.log(renderTable(["", "wall", "times the first"], rows));
  } finally {
    await cli.dispose();
    for (const folder of [example, empty]) rmSync(folder, { recursive: true, force: true });
  }

  async function succeed(folder: string, ...args: string[]): Promise<void> {
    const { exitCode, text } = await cli.run(folder, args);
    if (exitCode !== 0) throw new Error(text);
  }
}

function emptyProject(modules: string): string {
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-empty-"));
  symlinkSync(modules, join(folder, "node_modules"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: empty\nruntime: nodejs\n");
  writeFileSync(join(folder, "package.json"), '{ "name": "empty", "main": "index.js" }\n');
  writeFileSync(join(folder, "index.js"), "");
  return folder;
}
