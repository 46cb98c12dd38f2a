/** What is wrong with a path below a root folder, undefined when nothing is. */
export function filePathProblem(path: string): string | undefined {
  if (path.includes("\0")) return "no path holds a NUL character";
  if (path.startsWith("/")) return "it is absolute: paths are relative to the root, so that a restore can lay them into another folder";
  if (path.split("/").includes("..")) return "it leaves the root: a restore would write outside of it";
  return undefined;
}
