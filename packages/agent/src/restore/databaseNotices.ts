import type { DatabaseProperties } from "@pgkeep/core";
import type { ArchiveEntry } from "../archive/ArchiveEntry.js";
import { shownName } from "../postgresql/objectName.js";
import type { PreflightDatabase } from "./preflight.js";
import type { TargetFacts } from "./TargetFacts.js";

/** What the user should know of a database beforehand, and what keeps nothing from being restored. */
export function databaseNotices(
  { planned, entries, extensions, properties, monetaryLocaleKnown }: PreflightDatabase,
  facts: TargetFacts,
): string[] {
  const name = shownName(planned.source);
  const versions = extensions.flatMap((extension) => {
    const available = facts.extensions.find((one) => one.name === extension.name);
    const same =
      available === undefined ||
      available.defaultVersion === extension.version ||
      !entries.some((entry) => entry.description === "EXTENSION" && entry.tag === extension.name);
    return same ? [] : [`extension ${extension.name} of ${name} was version ${extension.version} and becomes ${available.defaultVersion}`];
  });
  const subscriptions = entries.filter(({ description }) => description === "SUBSCRIPTION").map(({ tag }) => shownName(tag));
  const missing = missingTablespaces(entries, properties, facts);
  return [
    ...versions,
    ...(subscriptions.length > 0
      ? [`subscriptions of ${name} are restored disabled: ${subscriptions.join(", ")}; see to their slots before they are enabled`]
      : []),
    ...(missing.length > 0
      ? [
          `tablespaces of ${name} that this server lacks or the role may not use: ${missing.join(", ")}; what lay there goes to the default tablespace`,
        ]
      : []),
    ...(properties !== null && !monetaryLocaleKnown
      ? [`lc_monetary of ${name} was ${properties.monetaryLocale}, which this server does not know; no column is of type money`]
      : []),
  ];
}

/** Tablespaces that objects or the database lay in and that cannot be used here. */
export function missingTablespaces(
  entries: readonly ArchiveEntry[],
  properties: DatabaseProperties | null,
  { tablespaces }: TargetFacts,
): string[] {
  const usable = new Set(tablespaces.filter(({ mayCreate }) => mayCreate).map(({ name }) => name));
  const used = new Set([...entries.map(({ tablespace }) => tablespace), properties?.tablespace ?? ""]);
  return [...used].filter((name) => name !== "" && name !== "pg_default" && !usable.has(name)).sort();
}
