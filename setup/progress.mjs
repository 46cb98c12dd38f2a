/**
 * Tells that something takes a while: one line when it starts, its end on the same line on a terminal. Goes to standard error, so that
 * the output of a task can be piped.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProgress(what, work) {
  const start = Date.now();
  const terminal = process.stderr.isTTY;
  process.stderr.write(`set-up: ${what} …${terminal ? "" : "\n"}`);
  const seconds = () => `${((Date.now() - start) / 1000).toFixed(1)} s`;
  try {
    const result = await work();
    if (terminal) process.stderr.write(` ${seconds()}\n`);
    return result;
  } catch (error) {
    process.stderr.write(terminal ? " failed\n" : `set-up: ${what} failed after ${seconds()}\n`);
    throw error;
  }
}

/** @param {string} text */
export function tell(text) {
  process.stderr.write(`set-up: ${text}\n`);
}
