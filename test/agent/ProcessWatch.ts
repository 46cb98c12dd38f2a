import { readdirSync, readFileSync } from "node:fs";
import { childrenOf } from "../support/processFamily.js";

/** Looks, every few milliseconds, at the command line of every process of the machine and at the environment of the programs that one starts. */
export class ProcessWatch {
  /** Command lines that held one of the texts. */
  readonly indiscreet = new Set<string>();
  /** Programs whose environment was seen, and which of the texts it held. */
  readonly environments = new Map<string, Set<string>>();
  looks = 0;
  readonly #timer: NodeJS.Timeout;

  /** `texts` are what no command line may hold; `family` is the process whose descendants' environments are read. */
  constructor(
    private readonly texts: readonly string[],
    private readonly family: () => number | undefined,
  ) {
    this.#timer = setInterval(() => this.#look(), 3);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    this.looks += 1;
    for (const name of readdirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      const line = read(name, "cmdline");
      if (this.texts.some((text) => line.includes(text))) this.indiscreet.add(line);
    }
    const root = this.family();
    if (root !== undefined) for (const child of descendantsOf(root)) this.#readEnvironment(child, root);
  }

  #readEnvironment(processId: number, root: number): void {
    const line = read(String(processId), "cmdline");
    const environment = read(String(processId), "environ");
    // A child that has not yet become its program still shows its parent's line and environment.
    if (line === "" || environment === "" || line === read(String(root), "cmdline")) return;
    const program = line.split("\0")[0]?.split("/").at(-1) ?? "";
    const seen = this.environments.get(program) ?? new Set();
    for (const text of this.texts) if (environment.includes(text)) seen.add(text);
    this.environments.set(program, seen);
  }
}

function descendantsOf(processId: number): number[] {
  try {
    return childrenOf(processId).flatMap((child) => [child, ...descendantsOf(child)]);
  } catch {
    // It ended while we looked.
    return [];
  }
}

function read(processId: string, file: "cmdline" | "environ"): string {
  try {
    return readFileSync(`/proc/${processId}/${file}`, "utf8");
  } catch {
    return "";
  }
}
