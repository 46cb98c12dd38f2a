import type { DatabaseProperties } from "@pgkeep/core";
import { compareAcl, defaultDatabaseAcl } from "./grants.js";
import { compareSettings } from "./settings.js";

const PLAIN = [
  "owner",
  "encoding",
  "localeProvider",
  "collate",
  "ctype",
  "icuRules",
  "tablespace",
  "connectionLimit",
  "isTemplate",
] as const;

/**
 * How a database differs from its record. `lc_monetary` does not count: it belongs to the server, and rows are read back under the
 * recorded one. No privileges and the built-in default ones are the same.
 */
export function compareProperties(expected: DatabaseProperties, actual: DatabaseProperties): string[] {
  return [
    ...PLAIN.filter((property) => expected[property] !== actual[property]).map(
      (property) => `${property}: ${actual[property]}, was ${expected[property]}`,
    ),
    ...(languageTag(expected) === languageTag(actual) ? [] : [`locale: ${actual.locale}, was ${expected.locale}`]),
    ...(expected.comment === actual.comment ? [] : [`comment: ${JSON.stringify(actual.comment)}, was ${JSON.stringify(expected.comment)}`]),
    ...compareAcl(expected.acl ?? defaultDatabaseAcl(expected.owner), actual.acl ?? defaultDatabaseAcl(actual.owner)).map(
      (difference) => `privilege ${difference}`,
    ),
    ...compareSettings(expected.settings, actual.settings),
  ];
}

/** PostgreSQL 16 and later store an ICU locale in its standard form, `en-US` for `en_US`: the same locale. */
function languageTag({ localeProvider, locale }: DatabaseProperties): string | null {
  if (localeProvider !== "icu" || locale === null) return locale;
  try {
    return new Intl.Locale(locale.replaceAll("_", "-")).toString();
  } catch {
    return locale;
  }
}
