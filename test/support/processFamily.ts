import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** True when the process was there to be signalled. */
export function signal(processId: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(processId, name);
  } catch {
    return false;
  }
}

/** A process that ended counts as gone even while it waits, as a zombie, for a lazy parent to collect it. */
export function isRunning(processId: number): boolean {
  const status = `/proc/${processId}/stat`;
  if (process.platform !== "linux") return signal(processId, 0);
  try {
    return !/\) Z /.test(readFileSync(status, "utf8"));
  } catch {
    return false;
  }
}

export function childrenOf(processId: number): number[] {
  const children = `/proc/${processId}/task/${processId}/children`;
  if (existsSync(children)) return readFileSync(children, "utf8").split(" ").filter(Boolean).map(Number);
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const pairs = table.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([id, parent]) => (parent === processId && id !== undefined ? [id] : []));
}
