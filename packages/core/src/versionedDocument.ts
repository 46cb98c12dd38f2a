import { ExitCode } from "./exitCode.js";
import { type Problem, ProblemError } from "./problem.js";

/** A document as it was read, before anything is known about it but that it is an object. */
export type RawDocument = Record<string, unknown>;

/** How documents of one kind carry their version, and how older ones become current. */
export interface VersionRule {
  /** The property that holds the version, a whole number. */
  property: string;
  current: number;
  /** Steps that bring a document of one version to the next one, by the version they start from. */
  upgrades: Readonly<Record<number, (document: RawDocument) => RawDocument>>;
  /** What to say to a document of a newer version. Refused always: guessing at it could lose data. */
  newer(document: RawDocument, version: number): Problem;
}

/**
 * Brings a document of an older version to the current one, step by step. What is no document with a version, or of a version from which no
 * step leads on, is returned as it is, for the schema to refuse.
 */
export function upgradeDocument(value: unknown, { property, current, upgrades, newer }: VersionRule): unknown {
  if (!isDocument(value)) return value;
  const version = value[property];
  if (typeof version !== "number" || !Number.isInteger(version)) return value;
  if (version > current) throw new ProblemError(ExitCode.Configuration, newer(value, version));
  let document = value;
  for (let from = version; from < current; from += 1) {
    const step = upgrades[from];
    if (!step) return value;
    document = { ...step(document), [property]: from + 1 };
  }
  return document;
}

function isDocument(value: unknown): value is RawDocument {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
