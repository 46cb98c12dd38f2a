import { ExitCode, type Problem, ProblemError, RESTORE_ID_FORM, restoreIdProblem } from "@pgkeep/core";
import type { RestoreCommandOptions } from "./RestoreCommandOptions.js";

/** Refuses what cannot be meant together, everything at once, before anything is read. */
export function assertRestoreOptions(id: string | undefined, options: RestoreCommandOptions): void {
  const problems = [...sourceProblems(id, options), ...placeProblems(options), ...onceProblems(options), ...hookProblems(options)];
  if (problems.length > 0) throw new ProblemError(ExitCode.Usage, problems);
}

function sourceProblems(id: string | undefined, options: RestoreCommandOptions): Problem[] {
  const { file, into, files, databases } = options;
  const problems: Problem[] = [];
  if (id === undefined && file === undefined) {
    problems.push({
      where: "recovery point",
      reason: "nothing is named that could be restored",
      allowed: "an id such as 20261121T020000Z-4f9k2m1x, `latest`, `latest-proven`, or --file FILE --into NAME",
      next: "run `pgkeep list` to see the recovery points",
    });
  }
  if (file !== undefined) {
    const others: [string, unknown][] = [
      ["a recovery point", id],
      ["--database", options.database],
      ["--as", options.as],
      ["--table", options.table],
      ["--in-place", options.inPlace],
      ["--files", files],
      ["--no-databases", databases ? undefined : true],
    ];
    const given = others.filter(([, value]) => value !== undefined).map(([name]) => name);
    if (given.length > 0) {
      const reason = "a file is restored as a whole into one database, and there is no recovery point beside it";
      problems.push({ where: "--file", received: `together with ${given.join(", ")}`, reason, allowed: "--file FILE --into NAME" });
    }
    if (into === undefined)
      problems.push({ where: "--into", reason: "a file does not say which database it becomes", next: "name it: --into NAME" });
  } else if (into !== undefined) {
    problems.push({
      where: "--into",
      received: into,
      reason: "it names the database for --file",
      next: "use --as to restore under another name",
    });
  }
  return problems;
}

function placeProblems({ databases, files, database, as, table, inPlace, clean }: RestoreCommandOptions): Problem[] {
  const problems: Problem[] = [];
  if (!databases && files === undefined) {
    problems.push({ where: "--no-databases", reason: "nothing is left to restore", next: "say where the saved files go: --files FOLDER" });
  }
  if (!databases && (database ?? as ?? table) !== undefined) {
    problems.push({
      where: "--no-databases",
      reason: "other options choose databases, and this leaves all of them out",
      next: "leave out the one or the others",
    });
  }
  if (inPlace && !clean) {
    problems.push({
      where: "--in-place",
      reason: "everything that the database holds is dropped before it is filled again, and this must be said",
      allowed: "--in-place --clean --yes-replace NAME",
      next: "add --clean, or leave out --in-place: the database is then restored beside the living one and takes its place at the end",
    });
  }
  if (clean && !inPlace) {
    problems.push({
      where: "--clean",
      reason: "it belongs to --in-place: without it nothing is emptied, the old database stays under another name",
    });
  }
  return problems;
}

function onceProblems({ once, file, files, databases }: RestoreCommandOptions): Problem[] {
  if (once === undefined) return [];
  const reason = restoreIdProblem(once);
  if (reason !== undefined) return [{ where: "--once", received: JSON.stringify(once.slice(0, 200)), reason, allowed: RESTORE_ID_FORM }];
  if (file === undefined && files === undefined && databases) return [];
  return [{ where: "--once", received: once, reason: "it is kept for databases of a recovery point", next: "leave it out" }];
}

function hookProblems({ checkUrl, checkFor }: RestoreCommandOptions): Problem[] {
  const problems: Problem[] = [];
  if (checkUrl !== undefined && !/^https?:\/\/[^/@]+(\/|$)/.test(checkUrl)) {
    problems.push({
      where: "--check-url",
      received: checkUrl.replace(/\/\/[^/]*@/, "//…@"),
      reason: checkUrl.includes("@")
        ? "an address with a user name or a password in it is refused: every user of this machine can read a command line"
        : "this is not an address that can be asked",
      allowed: "http://… or https://…",
    });
  }
  if (checkFor !== undefined && checkUrl === undefined) {
    problems.push({ where: "--check-for", reason: "it says how long --check-url is asked, which is not given" });
  }
  return problems;
}
