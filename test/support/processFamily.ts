import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

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

/** Command lines of processes that hold this text in it, or on Linux in their environment: what a program left that had a folder of its own. */
export function processesThatName(text: string): string[] {
  if (!existsSync("/proc/self/environ")) {
    const lines = execFileSync("ps", ["-A", "-o", "args="], { encoding: "utf8" }).split("\n");
    return lines.filter((line) => line.includes(text));
  }
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return ids.flatMap((id) => {
    try {
      const [command = "", environment = ""] = ["cmdline", "environ"].map((file) => readFileSync(`/proc/${id}/${file}`, "utf8"));
      return `${command}${environment}`.includes(text) ? [command.replaceAll("\0", " ")] : [];
    } catch {
      return []; // ended meanwhile, or somebody else's
    }
  });
}
