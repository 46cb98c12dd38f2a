import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { SetupProblem } from "./SetupProblem.mjs";

/**
 * Runs a program to its end without a word on the terminal; what it printed on its output. An excerpt of all it said is in the error when it fails.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>}
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let everything = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
      everything += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      everything += text;
    });
    child.once("error", (error) => reject(new SetupProblem(`${program} could not be started: ${error.message}`)));
    child.once("close", (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new SetupProblem(`\`${[program, ...args].join(" ")}\` ended with ${code ?? signal}:\n${excerpt(everything)}`));
    });
  });
}

/**
 * Runs a program on this terminal.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>} its exit code, by the shell's convention when a signal ended it
 */
export function show(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: "inherit" });
    const passOn = (/** @type {NodeJS.Signals} */ signal) => void child.kill(signal);
    // Ctrl-C reaches the child by the terminal; we only have to outlive it. A plain kill reaches nobody but us.
    const stay = () => {};
    process.on("SIGINT", stay);
    process.on("SIGTERM", passOn);
    child.once("error", (error) => reject(new SetupProblem(`${program} could not be started: ${error.message}`)));
    child.once("close", (code, signal) => {
      process.off("SIGINT", stay);
      process.off("SIGTERM", passOn);
      resolve(code ?? (signal === "SIGINT" ? 130 : 143));
    });
  });
}

/**
 * @param {string} name
 * @param {string[]} [furtherFolders] looked into after PATH
 * @returns {string | undefined}
 */
export function findProgram(name, furtherFolders = []) {
  return [...(process.env.PATH ?? "").split(delimiter), ...furtherFolders]
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isProgram);
}

/** @param {string} path */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * The beginning and the end: npm says what is wrong first and explains itself at length, compilers the other way round.
 * @param {string} text
 */
function excerpt(text) {
  const lines = text.trimEnd().split("\n");
  const kept = lines.length <= 30 ? lines : [...lines.slice(0, 15), `… ${lines.length - 30} more lines …`, ...lines.slice(-15)];
  return kept.map((line) => `  ${line}`).join("\n");
}
