import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Connection } from "@pgkeep/core";
import { expect } from "vitest";
import { parse, stringify } from "yaml";

const PROGRAM = fileURLToPath(new URL("../../packages/agent/dist/cli/main.js", import.meta.url));

/** How one run of pgkeep ended. */
export interface Ended {
  exitCode: number | null;
  /** What ended it from outside. */
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** Over the project's own; undefined takes a variable away. */
  environment?: Record<string, string | undefined>;
  /** Arguments for Node, before the program. */
  node?: string[];
  /** The most that a file it writes may have; what is beyond fails with EFBIG. */
  largestFileKilobytes?: number;
  /** Runs it as this user and group. */
  account?: { uid: number; gid: number };
}

export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** What it has told so far. */
  messages(): string;
}

/** A folder with a configuration, in which the built command line is run as a child process, with an environment of its own. */
export class Project {
  /** Readable by all, for a scratch server may run under another account. */
  readonly folder = mkdtempSync(join(tmpdir(), "pgkeep-project-"));
  readonly store = join(this.folder, "store");
  /** Variables for every run. */
  readonly environment: Record<string, string | undefined>;
  /** Texts that must never appear in anything a run prints. */
  readonly secrets: string[] = [];
  readonly #children: ChildProcess[] = [];

  constructor() {
    chmodSync(this.folder, 0o755);
    const temporary = join(this.folder, "tmp");
    mkdirSync(temporary);
    chmodSync(temporary, 0o777);
    const { PATH = "", PGKEEP_PG_BIN } = process.env;
    this.environment = { PATH: `${dirname(process.execPath)}${delimiter}${PATH}`, HOME: this.folder, TMPDIR: temporary, PGKEEP_PG_BIN };
  }

  /** Writes a configuration for some databases of a server; its password goes into the environment. */
  configure(connection: Connection, databases: readonly string[], changes: Record<string, unknown> = {}): void {
    const { host, port, user, password } = connection;
    this.write({
      version: 1,
      cluster: "test",
      connection: { host, port, user, retryFor: "0s" },
      databases: [...databases],
      store: { url: `file://${this.store}` },
      ...changes,
    });
    this.environment.PGPASSWORD = password;
    if (password !== undefined) this.secrets.push(password);
  }

  write(config: unknown, name = "pgkeep.yaml"): void {
    writeFileSync(join(this.folder, name), stringify(config));
  }

  /** Changes the configuration as it is. */
  // biome-ignore lint/suspicious/noExplicitAny: a test may change a configuration into anything, wrong ones above all
  edit(change: (config: any) => void): void {
    const config: unknown = parse(readFileSync(join(this.folder, "pgkeep.yaml"), "utf8"));
    change(config);
    this.write(config);
  }

  /** The words that run pgkeep. */
  commandLine(args: readonly string[], { node = [], largestFileKilobytes }: RunOptions = {}): [program: string, ...words: string[]] {
    const [program = "", ...words] = [...limited(largestFileKilobytes), process.execPath, ...node, PROGRAM, ...args];
    return [program, ...words];
  }

  /** The whole environment of a run. */
  variables({ environment = {} }: RunOptions = {}): NodeJS.ProcessEnv {
    return Object.fromEntries(Object.entries({ ...this.environment, ...environment }).filter(([, value]) => value !== undefined));
  }

  start(args: readonly string[], options: RunOptions = {}): Running {
    const [program, ...words] = this.commandLine(args, options);
    const child = spawn(program, words, {
      cwd: this.folder,
      env: this.variables(options),
      stdio: ["ignore", "pipe", "pipe"],
      ...options.account,
    });
    this.#children.push(child);
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (exitCode, signal) => {
        try {
          for (const secret of this.secrets)
            expect(
              [stdout, stderr].filter((text) => text.includes(secret)),
              "a secret was printed",
            ).toEqual([]);
          resolve({ exitCode, signal, stdout, stderr });
        } catch (error) {
          reject(error);
        }
      });
    });
    return { child, ended, messages: () => stderr };
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    return this.start(args, options).ended;
  }

  /** A run that must end with exit code 0; what it printed. */
  async succeed(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(args, options);
    expect(exitCode, `${stdout}\n${stderr}`).toBe(0);
    return stdout;
  }

  /** A run with --json, which must print one JSON document and end with the exit code. */
  async json<Result>(args: readonly string[], options: RunOptions & { exitCode?: number } = {}): Promise<Result> {
    const { exitCode, stdout, stderr } = await this.run([...args, "--json"], options);
    expect(exitCode, `${stdout}\n${stderr}`).toBe(options.exitCode ?? 0);
    return JSON.parse(stdout) as Result;
  }

  /** Ends what a failed test left running, and removes the folder. */
  remove(): void {
    for (const child of this.#children) if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Words before a command that limit the size of files. The shell counts in blocks of 512 bytes, and the signal would end it without a word. */
function limited(kilobytes: number | undefined): string[] {
  return kilobytes === undefined ? [] : ["/bin/sh", "-c", `trap '' XFSZ; ulimit -f ${kilobytes * 2}; exec "$@"`, "sh"];
}
