import type { Problem } from "@pgkeep/core";
import type { ArchiveEntry } from "../archive/ArchiveEntry.js";
import { shownName } from "../postgresql/objectName.js";
import { entryName } from "./entryName.js";
import type { RoleMemberships } from "./RoleMemberships.js";
import type { TargetFacts } from "./TargetFacts.js";

/** Kinds whose new owner must be allowed to CREATE in their schema, save when a superuser hands them over. */
const IN_SCHEMAS = new Set(
  "TABLE|SEQUENCE|VIEW|MATERIALIZED VIEW|FOREIGN TABLE|FUNCTION|PROCEDURE|AGGREGATE|TYPE|DOMAIN|OPERATOR|COLLATION|CONVERSION|STATISTICS|TEXT SEARCH CONFIGURATION|TEXT SEARCH DICTIONARY".split(
    "|",
  ),
);
const REMARKS = new Set(["ACL", "ACL LANGUAGE", "COMMENT", "SECURITY LABEL", "DEFAULT ACL", "DATABASE", "DATABASE PROPERTIES"]);
/** What `public` belongs to since PostgreSQL 15: whoever owns the database. */
const DATABASE_OWNER = "pg_database_owner";

/**
 * What keeps the restoring role from giving objects back to their owners. Each owner is one problem, however many objects there are. Roles
 * that will exist by then count as existing.
 */
export function ownerProblems(
  database: string,
  databaseOwner: string,
  entries: readonly ArchiveEntry[],
  facts: TargetFacts,
  memberships: RoleMemberships,
): Problem[] {
  const { role } = facts;
  if (role.superuser) return [];
  const owned = entries.filter(({ owner, description }) => owner !== "" && owner !== DATABASE_OWNER && !REMARKS.has(description));
  const unreachable = groupBy(
    owned.filter(({ owner }) => !memberships.maySet(role.name, owner) || !memberships.hasRightsOf(role.name, owner)),
    ({ owner }) => owner,
  );
  const schemaOwners = new Map(entries.filter(({ description }) => description === "SCHEMA").map(({ tag, owner }) => [tag, owner]));
  const mayCreateIn = (owner: string, schema: string) => {
    const schemaOwner = schemaOwners.get(schema) ?? DATABASE_OWNER;
    return memberships.hasRightsOf(owner, schemaOwner === DATABASE_OWNER ? databaseOwner : schemaOwner);
  };
  const strangers = groupBy(
    owned.filter(
      ({ owner, description, namespace }) =>
        !unreachable.has(owner) && owner !== role.name && IN_SCHEMAS.has(description) && !mayCreateIn(owner, namespace),
    ),
    ({ owner, namespace }) => JSON.stringify([owner, namespace]),
  );
  return [
    ...[...unreachable].map(([owner, objects]) => ({
      where: `database ${shownName(database)}`,
      reason: `role ${shownName(role.name)} may not act as ${shownName(owner)}, who owns ${describe(objects)}`,
      next: `GRANT ${shownName(owner)} TO ${shownName(role.name)}${facts.major >= 16 ? " WITH INHERIT TRUE, SET TRUE" : ""}, restore as a superuser, or give --no-owner`,
    })),
    ...[...strangers.values()].map((objects) => ({
      where: `database ${shownName(database)}`,
      // pg_restore grants privileges last, so a grant in the archive comes too late to help.
      reason: `${shownName(objects[0]?.owner ?? "")} owns ${describe(objects)} in schema ${shownName(objects[0]?.namespace ?? "")}, which belongs to another role; handing objects over there needs a superuser`,
      next: "restore as a superuser, or give --no-owner",
    })),
  ];
}

function describe(entries: readonly ArchiveEntry[]): string {
  const [first] = entries;
  if (first === undefined) return "nothing";
  return entries.length === 1 ? entryName(first) : `${entries.length} objects, ${entryName(first)} among them`;
}

function groupBy<Item>(items: readonly Item[], key: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
