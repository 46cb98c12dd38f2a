import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ExitCode, ProblemError } from "@pgkeep/core";
import type { Environment } from "./Environment.js";

/** How a command was told where its configuration is. */
export interface ConfigurationPlace {
  /** Of `--config`, or of the option that `option` names. */
  configPath?: string;
  /** Defaults to `--config`. */
  option?: string;
  env: Environment;
  /** The working folder. */
  cwd: string;
}

/** A configuration's text, and where it was read. */
export interface ConfigurationText {
  /** The absolute path of its file, or the variable that holds it. */
  path: string;
  /** What paths in it are relative to. */
  folder: string;
  /** Whether there is a file that another program could be told of. */
  isFile: boolean;
  text: string;
}

/** The variable that holds a whole configuration, for a container that has no file: ECS's tasks, and Jobs. */
export const INLINE_CONFIGURATION = "PGKEEP_CONFIG_YAML";

/** Far more than any configuration; larger is another file. */
const MAXIMUM_BYTES = 1024 * 1024;

/** Reads the configuration: of `--config`, of PGKEEP_CONFIG, of PGKEEP_CONFIG_YAML, or `pgkeep.yaml` in the working folder. */
export async function readConfigurationFile({ configPath, option = "--config", env, cwd }: ConfigurationPlace): Promise<ConfigurationText> {
  const inline = env[INLINE_CONFIGURATION];
  if (inline) return inlineConfiguration(inline, configPath ? option : env.PGKEEP_CONFIG ? "PGKEEP_CONFIG" : undefined, cwd);
  const [where, name] = configPath
    ? [option, configPath]
    : env.PGKEEP_CONFIG
      ? ["PGKEEP_CONFIG", env.PGKEEP_CONFIG]
      : ["pgkeep.yaml", "pgkeep.yaml"];
  const path = resolve(cwd, name);
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw unreadable(path, where, error);
  }
  if (bytes.length > MAXIMUM_BYTES) throw refusal(path, where, "this file is larger than any configuration", "name another file");
  try {
    return { path, folder: dirname(path), isFile: true, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    throw refusal(path, where, "this file is not text in UTF-8", "name another file, or save it as UTF-8");
  }
}

function inlineConfiguration(text: string, named: string | undefined, cwd: string): ConfigurationText {
  if (named === undefined) return { path: INLINE_CONFIGURATION, folder: cwd, isFile: false, text };
  throw new ProblemError(ExitCode.Configuration, {
    where: `${named} and ${INLINE_CONFIGURATION}`,
    reason: `one names a file and the other holds a configuration, and which one counts cannot be told`,
    next: `leave one of them out`,
  });
}

function unreadable(path: string, where: string, error: unknown): ProblemError {
  const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
  if (code === "EACCES" || code === "EPERM") {
    const problem = {
      where,
      received: path,
      reason: "the agent's user may not read this file",
      next: "chmod a+r: a configuration holds no secret",
    };
    return new ProblemError(ExitCode.Permission, problem, { cause: error });
  }
  if (code === "EISDIR")
    return refusal(path, where, "this is a folder, and a file is wanted", `name the file in it, for example ${path}/pgkeep.yaml`);
  if (code !== "ENOENT" && code !== "ENOTDIR") return refusal(path, where, `this file cannot be read (${code})`, "correct the path");
  const next =
    where === "pgkeep.yaml"
      ? "run `pgkeep init` to write one, name it with --config or PGKEEP_CONFIG, or put it into PGKEEP_CONFIG_YAML"
      : "correct the path";
  return refusal(path, where, "there is no such file", next);
}

function refusal(received: string, where: string, reason: string, next: string): ProblemError {
  return new ProblemError(ExitCode.Configuration, { where, received, reason, next });
}
