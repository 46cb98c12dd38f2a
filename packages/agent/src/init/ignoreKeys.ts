import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Adds the keys' folder to the folder's .gitignore, which is made when there is none. Returns its path, undefined when the line was there already.
 * The one file that is not create-only: lines of others stay as they are.
 */
export async function ignoreKeys(folder: string, keys: string): Promise<string | undefined> {
  const path = join(folder, ".gitignore");
  const text = await readIfAny(path);
  const line = `/${keys}/`;
  if (text.split(/\r?\n/).some((known) => [line, `${keys}/`, keys, `/${keys}`].includes(known.trim()))) return undefined;
  await appendFile(path, `${text === "" || text.endsWith("\n") ? "" : "\n"}${line}\n`);
  return path;
}

async function readIfAny(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
