import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { originOf } from "../../setup/pulumi.mjs";
import { engineEnvironment } from "../../test/support/engine/engineEnvironment.js";
import { provideLanguageHost } from "../../test/support/engine/languageHost/languageHost.js";
import { postgresqlProvider } from "../../test/support/engine/providers/postgresql/postgresqlProvider.js";
import { randomProvider } from "../../test/support/engine/providers/random/randomProvider.js";
import { commandText } from "./commandText.js";
import type { Narrator } from "./Narrator.js";
import { newPassword } from "./server.js";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** Of the root project. */
const PROVIDERS = ["postgresql", "random"];

interface Shown {
  /** Only so many lines at the end, as `| tail` would. */
  last?: number;
}

/** The Pulumi CLI on a copy of this repository's root project, as a user types it. */
export class Engine {
  private running: ChildProcess | undefined;
  private readonly providers = [postgresqlProvider(), randomProvider()];
  private environment: NodeJS.ProcessEnv = {};
  private officialHost = false;
  /** Everything it printed on this terminal. */
  private printed = "";

  private constructor(
    private readonly narrator: Narrator,
    private readonly program: string,
    private readonly folder: string,
    private readonly plugins: string | undefined,
  ) {}

  /**
   * @param folder an empty one, for the project's copy and the stack's state
   * @param connection libpq's variables, which the project's program reads
   */
  static async start(narrator: Narrator, program: string, folder: string, connection: Record<string, string>): Promise<Engine> {
    const engine = new Engine(narrator, program, folder, process.env.PGKEEP_PULUMI_PLUGINS);
    await engine.prepare(connection);
    return engine;
  }

  /** Which programs are at work, and which of them stand in for others. */
  inUse(): Record<string, string> {
    const version = execFileSync(this.program, ["version"], { encoding: "utf8", env: this.environment }).trim();
    return {
      "Pulumi CLI": `${version}, ${originOf(this.program)}`,
      "language host": this.officialHost ? "the official one" : "a STAND-IN for the official one, which is not on this machine",
      providers: this.plugins
        ? "the official ones of postgresql and random"
        : "STAND-INS for the official ones of postgresql and random, which cannot be downloaded here",
    };
  }

  /** Shows a command and what it prints, which it returns. */
  async show(args: string[], { last }: Shown = {}): Promise<string> {
    this.narrator.command(`${commandText(["pulumi", ...args])}${last === undefined ? "" : ` | tail -${last}`}`);
    const child = this.spawn([...args, "--color", process.stdout.isTTY ? "always" : "never"]);
    const closed = once(child, "close");
    const lines: string[] = [];
    let complaints = "";
    child.stderr?.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      // What the CLI does on a terminal that it cannot draw on, empty lines and times.
      if (/^(@ .*|Duration: .*|\s*)$/.test(stripVTControlCharacters(line))) continue;
      lines.push(line.trimEnd());
      if (last === undefined) this.narrator.say(line.trimEnd());
    }
    await closed;
    if (child.exitCode !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${child.exitCode}:\n${lines.join("\n")}\n${complaints}`);
    if (last !== undefined) this.narrator.say(lines.slice(-last).join("\n"));
    if (complaints.trim() !== "") this.narrator.say(complaints.trim());
    const text = stripVTControlCharacters([...lines, complaints].join("\n"));
    this.printed += text;
    return text;
  }

  /** What a command prints, without showing it. */
  async read(args: string[]): Promise<string> {
    const child = this.spawn(args);
    const closed = once(child, "close");
    let [text, complaints] = ["", ""];
    child.stderr?.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
    for await (const chunk of child.stdout ?? []) text += chunk;
    await closed;
    if (child.exitCode !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${child.exitCode}:\n${complaints}`);
    return text;
  }

  /** Whether any of these can be read in what was printed, or in the files of the stack's state. */
  reveals(secrets: readonly string[]): boolean {
    const entries = readdirSync(join(this.folder, "state"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const files = entries.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8"));
    return [this.printed, ...files].some((text) => secrets.some((secret) => text.includes(secret)));
  }

  /** Interrupts the command that runs, if any, and waits for its end. */
  async end(): Promise<void> {
    const child = this.running;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const exit = once(child, "exit");
      // A second one, which a terminal's Ctrl-C has sent already, makes it leave what it was doing.
      child.kill("SIGINT");
      const late = new AbortController();
      await Promise.race([exit, sleep(5000, undefined, { signal: late.signal }).then(() => child.kill("SIGKILL"))]);
      late.abort();
      await exit;
    }
    await Promise.all(this.providers.map((provider) => provider.stop()));
  }

  private async prepare(connection: Record<string, string>): Promise<void> {
    const folders = { home: join(this.folder, "home"), state: join(this.folder, "state") };
    const project = join(this.folder, "project");
    for (const path of [project, folders.state, join(folders.home, "plugins")]) mkdirSync(path, { recursive: true });
    // A stack writes the salt of its secrets into Pulumi.dev.yaml: into a copy.
    for (const file of ["Pulumi.yaml", "Pulumi.dev.yaml", "package.json"]) copyFileSync(join(repository, file), join(project, file));
    symlinkSync(join(repository, "packages"), join(project, "packages"));
    linkModules(join(repository, "node_modules"), join(project, "node_modules"));
    if (this.plugins !== undefined) linkPlugins(this.plugins, join(folders.home, "plugins"));
    this.officialHost = provideLanguageHost(this.program, folders.home).official;
    const attached = new Map<string, number>();
    if (this.plugins === undefined) for (const provider of this.providers) attached.set(provider.name, await provider.start());
    const secret = { PULUMI_CONFIG_PASSPHRASE: newPassword() };
    this.environment = { ...process.env, ...engineEnvironment(folders, attached), ...secret, ...connection };
  }

  private spawn(args: string[]): ChildProcess {
    const cwd = join(this.folder, "project");
    if (!existsSync(cwd)) throw new Error("the demo is ending");
    const child = spawn(this.program, [...args, "--non-interactive"], { cwd, env: this.environment, stdio: ["ignore", "pipe", "pipe"] });
    this.running = child;
    return child;
  }
}

/**
 * The official language host wants the plugin of every provider whose package it finds in node_modules, also of one that the program does not
 * import (tried with pulumi-language-nodejs of 3.250). The demo needs no cloud's, which are hundreds of megabytes.
 */
function linkModules(from: string, to: string): void {
  mkdirSync(join(to, "@pulumi"), { recursive: true });
  for (const name of readdirSync(from)) if (name !== "@pulumi") symlinkSync(join(from, name), join(to, name));
  for (const name of ["pulumi", ...PROVIDERS]) symlinkSync(join(from, "@pulumi", name), join(to, "@pulumi", name));
}

/** The CLI takes no link for a plugin's folder, but its files may be links. */
function linkPlugins(from: string, to: string): void {
  for (const plugin of readdirSync(from, { withFileTypes: true })) {
    if (!plugin.isDirectory()) continue;
    mkdirSync(join(to, plugin.name));
    for (const file of readdirSync(join(from, plugin.name))) symlinkSync(join(from, plugin.name, file), join(to, plugin.name, file));
  }
}
