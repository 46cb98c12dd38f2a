import type { ArchiveEntry } from "../archive/ArchiveEntry.js";
import type { TargetFacts } from "./TargetFacts.js";

const ALWAYS: Record<string, string> = {
  "EVENT TRIGGER": "event triggers need a superuser",
  "FOREIGN DATA WRAPPER": "foreign data wrappers need a superuser",
  "PROCEDURAL LANGUAGE": "languages outside an extension need a superuser",
  "ACCESS METHOD": "access methods need a superuser",
  "OPERATOR CLASS": "operator classes need a superuser, since a wrong one can crash the server",
  "OPERATOR FAMILY": "operator families need a superuser, since a wrong one can crash the server",
  "TEXT SEARCH PARSER": "text search parsers need a superuser",
  "TEXT SEARCH TEMPLATE": "text search templates need a superuser",
  "SHELL TYPE": "base types need a superuser, since a wrong one can crash the server",
  "PUBLICATION TABLES IN SCHEMA": "a publication of whole schemas needs a superuser",
};

/** Languages whose functions can do anything on the server; by convention the untrusted twin of a language ends in `u`. */
const UNTRUSTED = /^(c|internal|pl\w+u|plsh|plr)$/;

/**
 * Why only a superuser may create what an entry defines; undefined when others may. By PostgreSQL's own rules, the page of each CREATE
 * command under https://www.postgresql.org/docs/current/sql-commands.html; the texts it looks into are pg_dump's own.
 */
export function superuserOnly(entry: ArchiveEntry, entries: readonly ArchiveEntry[], facts: TargetFacts): string | undefined {
  const { description, definition } = entry;
  switch (description) {
    case "FUNCTION":
    case "PROCEDURE":
      return routine(definition);
    case "AGGREGATE":
      return /\bSTYPE = internal\b/.test(definition) ? "an aggregate with state of type internal needs a superuser" : undefined;
    case "TYPE":
      return /^CREATE TYPE [^;]*? AS (ENUM |RANGE )?\(/.test(definition.trimStart()) ? undefined : ALWAYS["SHELL TYPE"];
    case "PUBLICATION":
      return /\bFOR ALL TABLES\b/.test(definition) ? "a publication FOR ALL TABLES needs a superuser" : undefined;
    case "SUBSCRIPTION":
      return facts.role.createSubscription ? undefined : "subscriptions need a superuser, or pg_create_subscription from PostgreSQL 16 on";
    case "CAST":
      return cast(definition, entries);
    case "TRANSFORM":
      return namesOwnType(definition, entries) ? undefined : "a transform needs the owner of its type";
    case "ACL":
      return grant(entry);
    default:
      return ALWAYS[description];
  }
}

function routine(definition: string): string | undefined {
  // pg_dump puts language and attributes on one line of their own, in front of the body.
  const match = /\n {4}LANGUAGE ("(?:[^"]|"")+"|\S+)([^\n]*)/.exec(definition);
  const language = match?.[1]?.replace(/^"|"$/g, "") ?? "";
  const attributes = match?.[2] ?? "";
  if (UNTRUSTED.test(language)) return `functions in language ${language} need a superuser`;
  if (/\bLEAKPROOF\b/.test(attributes)) return "a LEAKPROOF function needs a superuser";
  if (/\bSUPPORT\b/.test(attributes)) return "a function with SUPPORT needs a superuser";
  return undefined;
}

function cast(definition: string, entries: readonly ArchiveEntry[]): string | undefined {
  if (/\bWITHOUT FUNCTION\b/.test(definition)) return "a cast WITHOUT FUNCTION needs a superuser";
  return namesOwnType(definition, entries) ? undefined : "a cast between types of the server itself needs a superuser";
}

/** Whether a definition names a type that the same archive creates, and whose owner the restoring role therefore acts as. */
function namesOwnType(definition: string, entries: readonly ArchiveEntry[]): boolean {
  const types = entries.filter(({ description }) => description === "TYPE" || description === "DOMAIN" || description === "TABLE");
  return types.some(({ namespace, tag }) =>
    [tag, `"${tag.replaceAll('"', '""')}"`].some(
      (name) => definition.includes(`${namespace}.${name}`) || definition.includes(`"${namespace}".${name}`),
    ),
  );
}

function grant({ definition, namespace, tag }: ArchiveEntry): string | undefined {
  if (/^SET SESSION AUTHORIZATION /m.test(definition))
    return "it was granted by somebody else than the owner, which only a superuser can repeat";
  if (namespace === "pg_catalog" || namespace === "information_schema")
    return "privileges on objects of the server itself need a superuser";
  if (/^LANGUAGE /.test(tag)) return "privileges on a language need its owner, who is a superuser";
  return undefined;
}
