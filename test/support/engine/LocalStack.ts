import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";
import { runProgram } from "../runProgram.js";
import type { RunningProviders } from "./attachProviders.js";
import { EngineFailure } from "./EngineFailure.js";
import type { EngineRun, EngineStack, Outputs, PreviewResult, Program, ResourceView, RunResult, State } from "./EngineStack.js";
import { outputsOf } from "./outputsOf.js";
import { publicState } from "./publicState.js";
import { pulumiProgram } from "./pulumiProgram.js";
import { stableText } from "./stableText.js";
import { stepsOf } from "./stepsOf.js";
import { viewResources } from "./viewResources.js";

interface Listening {
  diff: boolean;
  color: "never";
  onEvent(event: EngineEvent): void;
  onOutput(text: string): void;
  onError(text: string): void;
}

/** A stack through Pulumi's Automation API, with what its events and its export say made readable. */
export class LocalStack implements EngineStack {
  private everything = "";

  constructor(
    private readonly stack: Stack,
    private readonly program: Program,
    private readonly attached: RunningProviders,
    /** Texts that differ from run to run, and what stands for them. */
    private readonly standIns: Readonly<Record<string, string>>,
    private readonly stateFolder: string,
    private readonly stop: () => Promise<void>,
  ) {
    // The Automation API reads the outputs twice and the history once after each run. Each is a start of the CLI that nobody here asks for.
    Object.assign(stack, { outputs: () => Promise.resolve({}), info: () => Promise.resolve(undefined) });
  }

  async preview(options: EngineRun = {}): Promise<PreviewResult> {
    const run = await this.run((listening) => this.stack.preview({ ...listening, ...this.chosen(options) }));
    return { ...run, changes: changesOf(run.events) };
  }

  async up(options: EngineRun = {}): Promise<PreviewResult> {
    const run = await this.run((listening) => this.stack.up({ ...listening, ...this.chosen(options) }));
    return { ...run, changes: changesOf(run.events) };
  }

  async outputs(): Promise<Outputs> {
    return outputsOf(await this.stack.exportStack());
  }

  async refresh(): Promise<RunResult> {
    return await this.run((listening) => this.stack.refresh(listening));
  }

  async destroy(): Promise<RunResult> {
    return await this.run((listening) => this.stack.destroy(listening));
  }

  async exportState(): Promise<State> {
    // The Automation API's own export asks for secrets in the clear.
    const { workspace, name } = this.stack;
    const env = { ...process.env, ...workspace.envVars };
    const text = await runProgram(pulumiProgram(), ["stack", "export", "--stack", name], { cwd: workspace.workDir, env });
    return publicState(JSON.parse(text) as State);
  }

  async importState(state: State): Promise<void> {
    await this.stack.importStack(state);
  }

  async resources(options: { providers?: boolean } = {}): Promise<ResourceView[]> {
    return viewResources(await this.stack.exportStack()).filter(
      ({ type }) => options.providers === true || !type.startsWith("pulumi:providers:"),
    );
  }

  async previewText(options: EngineRun = {}): Promise<string> {
    return (await this.preview(options)).text;
  }

  stored(): string {
    const entries = readdirSync(this.stateFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return entries.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8")).join("\n");
  }

  log(): string {
    return this.everything;
  }

  async dispose(): Promise<void> {
    await this.stop();
  }

  private chosen({ program, refresh = false }: EngineRun) {
    return { program: (program ?? this.program) as () => Promise<Record<string, unknown>>, refresh };
  }

  private async run(work: (listening: Listening) => Promise<unknown>): Promise<RunResult> {
    const events: EngineEvent[] = [];
    let text = "";
    const listening: Listening = {
      diff: true,
      color: "never",
      onEvent: (event) => events.push(event),
      onOutput: (chunk) => {
        text += chunk;
        this.everything += chunk;
      },
      onError: (chunk) => {
        this.everything += chunk;
      },
    };
    try {
      await work(listening);
      return { steps: stepsOf(events), text: stableText(text, this.standIns), events };
    } catch (error) {
      throw new EngineFailure(errorsOf(events), stableText(text, this.standIns), error);
    } finally {
      // Pulumi's own SDK writes secrets into its messages of level debug, which nobody sees who does not ask for `--debug`.
      const shown = events.filter(({ diagnosticEvent }) => String(diagnosticEvent?.severity) !== "debug");
      this.everything += shown.map((event) => `${JSON.stringify(event)}\n`).join("");
      // A gap of a stand-in fails the test even where the program survived it.
      this.attached.assertComplete();
    }
  }
}

/** Number of steps by operation, as the engine sums them up. */
function changesOf(events: readonly EngineEvent[]): Record<string, number> {
  return { ...events.findLast(({ summaryEvent }) => summaryEvent !== undefined)?.summaryEvent?.resourceChanges };
}

function errorsOf(events: readonly EngineEvent[]): string[] {
  return events.flatMap(({ diagnosticEvent: told }) =>
    told?.severity === "error" ? [told.message.replace(/<\{%.*?%\}>/g, "").trim()] : [],
  );
}
