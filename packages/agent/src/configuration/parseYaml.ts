import { basename } from "node:path";
import { ExitCode, type Problem, ProblemError } from "@pgkeep/core";
import { type Document, isMap, isSeq, LineCounter, type Node, parseDocument, Scalar } from "yaml";

/** A YAML document's value, and where each of its paths stands. */
export interface YamlValue {
  value: unknown;
  /** File and line of a path, for example `pgkeep.yaml:12`; undefined for what is not in the file. */
  locate(path: readonly PropertyKey[]): string | undefined;
}

/** More than any configuration repeats, far fewer than a document that grows to gigabytes needs. */
const MOST_ALIASES = 20;

/** After the first few, an error is mostly a consequence of those before. */
const MOST_ERRORS = 3;

/**
 * Parses one YAML document strictly: a key may stand once, and tags, several documents and aliases without end are refused. Throws a ProblemError
 * with the line of each error, and never a line's text, for it may hold a secret.
 */
export function parseYaml(text: string, path: string): YamlValue {
  const file = basename(path);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    strict: true,
    uniqueKeys: true,
    stringKeys: true,
    logLevel: "error",
  });
  const found = [...document.errors, ...document.warnings];
  if (found.length > 0) {
    const problems = found.slice(0, MOST_ERRORS).map(({ code, message, pos }): Problem => {
      const { line, col } = lines.linePos(pos[0]);
      return { where: `${file}:${line}:${col}`, reason: REASONS[code] ?? `this is not YAML: ${message}`, next: `correct ${path}` };
    });
    throw new ProblemError(ExitCode.Configuration, problems);
  }
  return {
    value: toValue(document, path),
    locate: (property) => {
      const offset = offsetOf(document.contents, property);
      return offset === undefined ? undefined : `${file}:${lines.linePos(offset).line}`;
    },
  };
}

const REASONS: Record<string, string> = {
  DUPLICATE_KEY: "this key stands here a second time, and only one of the two could count",
  MULTIPLE_DOCS: "a second YAML document begins here, and a configuration is one",
  TAB_AS_INDENT: "there is a tab in the indentation, and YAML allows only spaces",
  TAG_RESOLVE_FAILED: "tags such as !name are not supported",
  NON_STRING_KEY: "the name of a setting must be a text",
};

function toValue(document: Document.Parsed, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    throw new ProblemError(
      ExitCode.Configuration,
      {
        where: basename(path),
        reason: `its aliases (*name) cannot be followed: ${error instanceof ReferenceError ? "too many, or one that leads nowhere" : "unknown error"}`,
        next: `write out the values in ${path}`,
      },
      { cause: error },
    );
  }
}

/** Where the key of a setting, or an entry of a list, begins. */
function offsetOf(contents: Node | null, path: readonly PropertyKey[]): number | undefined {
  let node: unknown = contents;
  let offset: number | undefined;
  for (const key of path) {
    if (isSeq(node) && typeof key === "number") {
      node = node.items[key];
      offset = (node as Node | undefined)?.range?.[0];
    } else if (isMap(node)) {
      const pair = node.items.find(({ key: name }) => name instanceof Scalar && name.value === key);
      node = pair?.value;
      offset = pair?.key instanceof Scalar ? pair.key.range?.[0] : undefined;
    } else return undefined;
    if (offset === undefined) return undefined;
  }
  return offset;
}
