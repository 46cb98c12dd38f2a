import { ExitCode, type Problem, ProblemError } from "@pgkeep/core";
import { jsonLog } from "./JsonReporter.js";
import { chooseLogFormat } from "./logFormat.js";
import { type Paint, paintFor } from "./paint.js";
import { printable } from "./printable.js";

/** What fits on one screen together: further problems are counted, and a value of any length is cut. */
const MOST_PROBLEMS = 8;
const MOST_CHARACTERS = { one: 400, several: 150 };
const MOST_STACK_LINES = 8;
/** Where the text of a detail begins. */
const DETAIL_INDENT = " ".repeat(12);

/**
 * What ended a command, for the stream that holds messages: each problem with what was received, what is allowed and what to do next; for
 * a defect of ours where it happened. JSON where progress is told as JSON.
 */
export function printProblem(
  error: unknown,
  environment: NodeJS.ProcessEnv,
  stream: NodeJS.WritableStream,
  format: "auto" | "plain" | "json" = "auto",
): string {
  if (chooseLogFormat(format, stream, environment) === "json") return jsonProblem(error);
  const paint = paintFor(stream, environment);
  if (error instanceof ProblemError) return problemText(error, paint);
  return defectText(error, paint);
}

function problemText({ problems }: ProblemError, paint: Paint): string {
  const most = problems.length === 1 ? MOST_CHARACTERS.one : MOST_CHARACTERS.several;
  const shown = problems.slice(0, MOST_PROBLEMS).map((problem) => oneProblem(problem, most, paint));
  const hidden = problems.length - shown.length;
  const title = problems.length === 1 ? [] : [`${paint(["bold", "red"], "error:")} ${problems.length} problems`];
  const lines = problems.length === 1 ? [`${paint(["bold", "red"], "error:")} ${shown[0]}`] : shown;
  const rest = hidden > 0 ? [`… and ${hidden} more of their kind, shown once these are mended`] : [];
  return `${[...title, ...lines, ...rest].join("\n")}\n`;
}

function oneProblem({ where, reason, received, allowed, next }: Problem, most: number, paint: Paint): string {
  const details = Object.entries({ received, allowed, next }).flatMap(([name, text]) =>
    text === undefined ? [] : [`  ${paint("dim", `${name}:`.padEnd(9))} ${shortened(text, most, DETAIL_INDENT)}`],
  );
  return [`${paint("bold", shortened(where, most))}: ${shortened(reason, MOST_CHARACTERS.one)}`, ...details].join("\n");
}

function defectText(error: unknown, paint: Paint): string {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  const places = (stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return `${[
    `${paint(["bold", "red"], "error:")} a defect of pgkeep: ${shortened(message, MOST_CHARACTERS.one)}`,
    ...places.slice(0, MOST_STACK_LINES).map((line) => paint("dim", printable(line.trim())).replace(/^/, "  ")),
    "  next:     report it with these lines; nothing that was committed before is touched",
  ].join("\n")}\n`;
}

function jsonProblem(error: unknown): string {
  let line = "";
  const log = jsonLog({ write: (text) => (line = text) });
  if (error instanceof ProblemError) log.error({ exitCode: error.exitCode, problems: error.problems }, error.message);
  else log.fatal({ exitCode: ExitCode.Defect, err: describeDefect(error) }, "a defect of pgkeep");
  return line;
}

/** Nothing else of an error: those of libraries hold whole requests, with tokens and signatures in their headers and addresses. */
function describeDefect(error: unknown): { type: string; message: string; stack?: string | undefined } {
  if (error instanceof Error) return { type: error.name, message: error.message, stack: error.stack };
  return { type: typeof error, message: String(error) };
}

/** Several lines stay several, lined up below the first. */
function shortened(text: string, most: number, indent = "    "): string {
  const cut = text.length > most ? `${text.slice(0, most)}… (${text.length} characters)` : text;
  return cut.split("\n").map(printable).join(`\n${indent}`);
}
