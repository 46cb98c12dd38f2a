import { findProgram, run } from "./command.mjs";
import { SetupProblem } from "./SetupProblem.mjs";

/**
 * A Python that has pip.
 * @returns {Promise<string>}
 */
export async function findPython() {
  for (const candidate of ["python3", "python"]) {
    const program = findProgram(candidate);
    if (program === undefined) continue;
    try {
      await run(program, ["-m", "pip", "--version"]);
      return program;
    } catch {
      // a Python without pip
    }
  }
  throw new SetupProblem("Python with pip, which would fetch it, is not on this machine");
}
