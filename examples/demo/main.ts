import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BrokenClaim, Narrator } from "./Narrator.js";
import { tellStory } from "./story.js";

/*
 * `npm run demo`: Pulumi creates two databases and their roles; the two live databases are backed up at one instant, the recovery point is proven by a restore, the databases are lost and come
 * back. Everything it starts it also ends; `--keep` leaves the folder with the store, the keys and the configuration.
 */

const narrator = new Narrator();
/** What the set-up found or why it found none; asked for by hand it can also be left out. */
const program = process.argv.includes("--without-pulumi") ? undefined : process.env.PGKEEP_PULUMI;
const pulumi = program ? { program } : { missing: process.env.PGKEEP_NO_PULUMI ?? "that was asked for (--without-pulumi)" };
const keep = process.argv.includes("--keep");
const folder = mkdtempSync(join(tmpdir(), "pgkeep-demo-"));
// The server may run under another account, which must get to its folder.
chmodSync(folder, 0o755);
for (const name of ["server", "store", "project", "stack"]) mkdirSync(join(folder, name));

const ends: (() => Promise<void>)[] = [];
let ended: Promise<void> | undefined;
/** Ends what was started, the last first; a second call waits for the first. */
const endAll = () => {
  ended ??= (async () => {
    for (const end of ends.reverse()) await end().catch(() => undefined);
    if (keep) narrator.say(`\nKept: ${folder}`);
    // A dump whose server has just gone may still be writing its last.
    else rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  })();
  return ended;
};
for (const [signal, exitCode] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.once(signal, () => void endAll().finally(() => process.exit(exitCode)));
}

try {
  await tellStory({ narrator, folder, pulumi, atTheEnd: (end) => ends.push(end) });
} catch (error) {
  if (ended === undefined) {
    if (error instanceof BrokenClaim) process.stderr.write(`✗ ${error.message}\nThe demo ends here: this was claimed and did not hold.\n`);
    else process.stderr.write(`The demo failed: ${error instanceof Error ? error.stack : String(error)}\n`);
  }
  process.exitCode = 1;
} finally {
  await endAll();
}
