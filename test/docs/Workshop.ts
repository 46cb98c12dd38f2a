import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { Connection } from "@pgkeep/core";
import { REPOSITORY } from "./markdown.js";

/** How a command ended, and what it printed on both outputs, in one. */
export interface Ended {
  exitCode: number | null;
  printed: string;
}

/** A folder in which a reader of a page sits: `pgkeep` and PostgreSQL's programs on PATH, PGHOST and its kind naming a server. */
export class Workshop {
  /** Readable by all, for a scratch server may run under another account. */
  readonly folder = mkdtempSync(join(tmpdir(), "pgkeep-docs-"));
  readonly environment: NodeJS.ProcessEnv;
  readonly #children = new Set<ChildProcess>();

  constructor({ host, port, user }: Connection, programFolders: readonly string[]) {
    chmodSync(this.folder, 0o755);
    const [home, temporary, programs] = ["home", "tmp", "bin"].map((name) => join(this.folder, `.${name}`)) as [string, string, string];
    for (const path of [home, temporary, programs]) mkdirSync(path);
    chmodSync(temporary, 0o777);
    writeFileSync(join(programs, "pgkeep"), `#!/bin/sh\nexec "${process.execPath}" "${REPOSITORY}/packages/agent/dist/cli/main.js" "$@"\n`);
    chmodSync(join(programs, "pgkeep"), 0o755);
    this.environment = {
      PATH: [programs, dirname(process.execPath), ...programFolders, process.env.PATH ?? ""].join(delimiter),
      HOME: home,
      TMPDIR: temporary,
      PGKEEP_PG_BIN: process.env.PGKEEP_PG_BIN,
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: user,
    };
  }

  /** Runs what somebody types into a shell. */
  run(command: string, environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const child = spawn("/bin/bash", ["-o", "pipefail", "-c", command], {
      cwd: this.folder,
      env: { ...this.environment, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#children.add(child);
    let printed = "";
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
      });
    }
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (exitCode) => {
        this.#children.delete(child);
        resolve({ exitCode, printed });
      });
    });
  }

  /** Runs what must succeed. */
  async prepare(command: string, environment: NodeJS.ProcessEnv = {}): Promise<void> {
    const { exitCode, printed } = await this.run(command, environment);
    if (exitCode !== 0) throw new Error(`${command}: exit code ${exitCode}\n${printed}`);
  }

  remove(): void {
    for (const child of this.#children) child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}
