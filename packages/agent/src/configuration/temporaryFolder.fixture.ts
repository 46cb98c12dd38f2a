import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder of this test's own, gone when it ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pgkeep-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A file in a folder of its own, with exactly this mode whatever the umask. */
export async function temporaryFile(name: string, content: string | Uint8Array, mode = 0o600): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, content);
  await chmod(path, mode);
  return path;
}
