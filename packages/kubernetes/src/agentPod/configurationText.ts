import { ExitCode, ProblemError } from "@pgkeep/core";
import { LineCounter, parseDocument } from "yaml";

/** After the first few, an error is mostly a consequence of those before. */
const MOST_ERRORS = 3;

/** The value of a `pgkeep.yaml`, as strictly read as the agent reads it. JSON is YAML too. No line is repeated: it may hold a secret. */
export function readConfigurationText(where: string, text: string): unknown {
  const lines = new LineCounter();
  const options = { lineCounter: lines, prettyErrors: false, strict: true, uniqueKeys: true, stringKeys: true } as const;
  const document = parseDocument(text, { ...options, logLevel: "error" });
  const found = [...document.errors, ...document.warnings].slice(0, MOST_ERRORS);
  const next = "give the text of a pgkeep.yaml, or the output agentConfiguration of the component that backs up";
  if (found.length > 0) {
    throw new ProblemError(
      ExitCode.Configuration,
      found.map(({ code, pos }) => {
        const { line, col } = lines.linePos(pos[0]);
        return { where, reason: `this is no configuration: neither JSON nor YAML at line ${line}, column ${col} (${code})`, next };
      }),
    );
  }
  const value: unknown = document.toJS({ maxAliasCount: 20 });
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new ProblemError(ExitCode.Configuration, { where, reason: "this is no configuration: it has no settings", next });
}
