import type { Deployment, EngineEvent } from "@pulumi/pulumi/automation/index.js";

/** A stack of the real engine, with its state in a folder of its own. */
export interface EngineStack {
  /** What an `up` would do. The program may be another one than at the start: today's code against yesterday's state. */
  preview(options?: EngineRun): Promise<PreviewResult>;
  up(options?: EngineRun): Promise<PreviewResult>;
  /** What the program gave out at the last `up`, secrets in the clear. */
  outputs(): Promise<Outputs>;
  /** Reads what is really there into the state. */
  refresh(): Promise<RunResult>;
  destroy(): Promise<RunResult>;
  /** `pulumi stack export`: secrets encrypted, without times and this machine's paths, so that it can be committed. */
  exportState(): Promise<State>;
  /** Replaces the state, as `pulumi stack import`. */
  importState(state: State): Promise<void>;
  /** What the state holds, providers left out unless asked. */
  resources(options?: { providers?: boolean }): Promise<ResourceView[]>;
  /** As a reviewer sees `pulumi preview --diff`, without what differs from run to run. */
  previewText(options?: EngineRun): Promise<string>;
  /** Every file that the backend keeps, as it is on the disk: state, its backups, history. */
  stored(): string;
  /** All that the engine and the program printed or logged so far, for hunting secrets. */
  log(): string;
  /** Stops what was started and removes the state. Destroys nothing. */
  dispose(): Promise<void>;
}

export interface EngineRun {
  program?: Program;
  /** Whether what is really there is read first, as with `--refresh`. A preview does not keep what it read. */
  refresh?: boolean;
}

export type Program = () => Promise<Record<string, unknown> | undefined> | Promise<void>;

export interface RunResult {
  steps: Step[];
  /** What the engine printed, without what differs from run to run. */
  text: string;
  /** As the engine told them, in order. */
  events: EngineEvent[];
}

export interface PreviewResult extends RunResult {
  /** Number of steps by operation. */
  changes: Record<string, number>;
}

export type Outputs = Record<string, { value: unknown; secret: boolean }>;

/** One thing that the engine does, or would do, to one resource. */
export interface Step {
  /** `create`, `update`, `delete`, `same`, `replace`, `create-replacement`, `delete-replaced`, `refresh`, `read`, `import` … */
  op: string;
  urn: string;
  type: string;
  name: string;
  /** By property path, when something differs: `add`, `update`, `delete`, each with `-replace` where it forces a replacement. */
  diff?: Record<string, { kind: string }>;
}

/** A stack's deployment as exported. */
export type State = Deployment;

/** One resource as the state holds it. */
export interface ResourceView {
  urn: string;
  type: string;
  name: string;
  id?: string;
  parent?: string;
  provider?: string;
  protect: boolean;
  retainOnDelete: boolean;
  ignoreChanges: string[];
  deletedWith?: string;
  dependencies: string[];
  /** Secrets as `{ "4dabf18…": "1b47061…", plaintext: "\"as JSON\"" }`. */
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}
