import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

/** Runs kubectl and returns what it printed. */
export async function runKubectl(program: string, kubeconfig: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, [`--kubeconfig=${kubeconfig}`, ...args], { maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`kubectl ${args.join(" ")}: ${stderr ?? ""}${stdout ?? ""}`, { cause: error });
  }
}

/** Applies a manifest, given as a value or as YAML; a field that the server does not know is refused. */
export async function applyManifest(
  kubectl: (...args: string[]) => Promise<string>,
  folder: string,
  manifest: object | string,
): Promise<void> {
  const file = join(folder, `${randomUUID()}.yaml`);
  writeFileSync(file, typeof manifest === "string" ? manifest : JSON.stringify(manifest));
  await kubectl("apply", "--server-side", "--validate=strict", "--filename", file);
}
