import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tell } from "./progress.mjs";

/** The longest thing done under a lock is a build of a few minutes. */
const staleAfterMilliseconds = 30 * 60_000;

/**
 * Does the work while no other process of this machine does work under that name. Two set-ups at once thus do a thing once; where the
 * lock fails them (its holder died and two others noticed in the same moment) the work is still done atomically, only twice.
 * @template T
 * @param {string} folder where lock files live
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(folder, name, work) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.lock`);
  let told = false;
  while (!take(file)) {
    const holder = holderOf(file);
    if (holder === undefined) continue;
    if (holder === "stale") removeStale(file);
    else {
      if (!told) tell(`waiting for another set-up (process ${holder}) that is busy with ${name}`);
      told = true;
      await sleep(200);
    }
  }
  const release = () => rmSync(file, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}

/** @param {string} file */
function take(file) {
  // Written under another name and linked, so that nobody ever reads a lock file without a process id in it.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * @param {string} file
 * @returns {number | "stale" | undefined} the process that holds it; undefined when it was released meanwhile
 */
function holderOf(file) {
  try {
    const processId = Number(readFileSync(file, "utf8"));
    const tooOld = Date.now() - statSync(file).mtimeMs > staleAfterMilliseconds;
    return tooOld || !isAlive(processId) ? "stale" : processId;
  } catch {
    return undefined;
  }
}

/** @param {string} file */
function removeStale(file) {
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // somebody else removed it
  }
  // Between our look and our rename another process may have removed the stale one and taken a fresh one: then it gets it back.
  if (holderOf(aside) !== "stale") {
    try {
      linkSync(aside, file);
    } catch {
      // a third one took it already
    }
  }
  rmSync(aside, { force: true });
}

/** @param {number} processId */
function isAlive(processId) {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}
