import { readFile } from "node:fs/promises";

/** Where container runtimes put secrets, for machines that have no /proc/self/mountinfo. */
const SECRET_FOLDERS = ["/run/secrets/", "/var/run/secrets/"];

/** Whether the file system that holds a path (absolute, links resolved) is mounted read-only. */
export async function mountedReadOnly(path: string): Promise<boolean> {
  try {
    return isReadOnlyIn(await readFile("/proc/self/mountinfo", "utf8"), path);
  } catch {
    return SECRET_FOLDERS.some((folder) => path.startsWith(folder));
  }
}

/** The same from the text of /proc/self/mountinfo: https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
export function isReadOnlyIn(mountinfo: string, path: string): boolean {
  const mounts = mountinfo.split("\n").flatMap((line) => {
    const [, , , , point, options] = line.split(" ");
    return point === undefined || options === undefined ? [] : [{ point: unescaped(point), options: options.split(",") }];
  });
  const holding = mounts.filter(({ point }) => point === "/" || path === point || path.startsWith(`${point}/`));
  // Of several mounts on one point the last one is on top.
  const [deepest] = holding.reverse().sort((a, b) => b.point.length - a.point.length);
  return deepest?.options.includes("ro") ?? false;
}

/** Spaces, tabs, line ends and backslashes are written as octal codes. */
function unescaped(point: string): string {
  return point.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
