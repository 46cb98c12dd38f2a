import type { Respelled } from "@pgkeep/core";
import type { ArchiveEntry } from "../archive/ArchiveEntry.js";
import { compareEntries, type EntryDifference } from "./compareEntries.js";
import { type NormalFormOptions, normalForm } from "./normalForm.js";

/** An archive's definitions; its table of contents is read only when something differs. */
export interface ArchiveDefinitions {
  entries: readonly ArchiveEntry[];
  contents(): Promise<Buffer>;
}

export interface DefinitionsComparison {
  /** One line per object whose definition is not what was backed up. */
  differences: string[];
  /** Objects whose definition reads differently but is equal in normal form. */
  respelled: Respelled[];
}

/** A schema-only restore leaves large objects out, so their owners and grants have no normal form. */
const WITHOUT_NORMAL_FORM = /^(BLOB|(ACL|COMMENT|SECURITY LABEL) LARGE OBJECT) /;

/**
 * Compares the definitions of a restored database with those that were backed up: owner, definition, grants, comments. What reads
 * differently is compared again in normal form. An object that is missing or new is always a difference on a server of the source's major
 * version, because a loss that repeats itself would look equal in normal form; on a newer one (`crossMajor`) it may be a new spelling.
 */
export async function compareDefinitions(
  database: string,
  before: ArchiveDefinitions,
  after: ArchiveDefinitions,
  crossMajor: boolean,
  options: NormalFormOptions,
): Promise<DefinitionsComparison> {
  const differences = compareEntries(before.entries, after.entries);
  const mayBeRespelled = differences.filter(
    (difference) => !WITHOUT_NORMAL_FORM.test(difference.object) && (crossMajor || bothSides(difference)),
  );
  if (mayBeRespelled.length === 0) return { differences: differences.map(describe), respelled: [] };
  const settled = async ({ entries, contents }: ArchiveDefinitions) => normalForm({ entries, contents: await contents() }, options);
  const different = new Set(compareEntries(await settled(before), await settled(after)).map(({ object }) => object));
  const respelled = mayBeRespelled.filter(({ object }) => !different.has(object));
  return {
    differences: differences.filter((difference) => !respelled.includes(difference)).map(describe),
    respelled: respelled.map((difference) => ({
      database,
      object: difference.object,
      before: difference.before.map(text).join("\n"),
      after: difference.after.map(text).join("\n"),
    })),
  };
}

function bothSides({ before, after }: EntryDifference): boolean {
  return before.length > 0 && before.length === after.length;
}

function describe({ object, before, after }: EntryDifference): string {
  if (after.length === 0) return `${object}: missing`;
  if (before.length === 0) return `${object}: was not backed up`;
  const [was, is] = [before[0], after[0]];
  if (was && is && was.owner !== is.owner) return `${object}: owner ${is.owner}, was ${was.owner}`;
  return `${object}: ${firstDifference(before.map(text).join("\n"), after.map(text).join("\n"))}`;
}

function text(entry: ArchiveEntry): string {
  return entry.definition.trim();
}

/** The first line that is not the same, on both sides, so that a reader sees what changed without the whole definition. */
function firstDifference(before: string, after: string): string {
  const [was, is] = [before.split("\n"), after.split("\n")];
  const index = was.findIndex((line, position) => line !== is[position]);
  const at = index < 0 ? was.length : index;
  return `"${shorten(is[at])}", was "${shorten(was[at])}"`;
}

function shorten(line = ""): string {
  const trimmed = line.trim();
  return trimmed.length > 160 ? `${trimmed.slice(0, 157)}...` : trimmed;
}
