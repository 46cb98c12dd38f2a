import type { AccessPlan, DatabasePlan } from "./accessPlan.js";

/** One privilege to grant in a database: on what is there, or by default on what its owner creates later. */
export interface GrantPlan {
  /** Stable part of the child's name. */
  key: string;
  kind: "grant" | "default";
  role: string;
  objectType: "database" | "schema" | "table" | "sequence";
  schema?: string;
  /** Spelled out: `ALL` reads back as something else on each major, a difference for ever (cyrilgdn/terraform-provider-postgresql#303). Empty revokes. */
  privileges: string[];
}

/**
 * Everything granted in a database, in the order in which it is carried out: one after the other, since two grants on one object at a time
 * end in "tuple concurrently updated" (cyrilgdn/terraform-provider-postgresql#178).
 */
export function planGrants(database: DatabasePlan, { logins }: AccessPlan): GrantPlan[] {
  const readers = logins.filter(({ kind, databases }) => kind === "read-only" && databases.includes(database.name));
  const dump = logins.filter(({ kind }) => kind === "dump");
  return [
    // Whoever has an account on the server may connect to every database and create temporary tables, unless it is taken away.
    { key: "public-database", kind: "grant", role: "public", objectType: "database", privileges: [] },
    // Before PostgreSQL 15 everybody may create tables in it; from 15 on it belongs to whoever owns the database, and everybody may look in.
    { key: "public-schema", kind: "grant", role: "public", objectType: "schema", schema: "public", privileges: [] },
    // The application and the restore are members of the owner, who needs no grant. pg_read_all_data lets read, yet not connect.
    ...dump.map(({ name }) => connect(name)),
    ...readers.flatMap(({ name }): GrantPlan[] => [
      connect(name),
      ...database.schemas.flatMap((schema): GrantPlan[] => [
        { key: `${name}-usage-${schema}`, kind: "grant", role: name, objectType: "schema", schema, privileges: ["USAGE"] },
        { key: `${name}-tables-${schema}`, kind: "grant", role: name, objectType: "table", schema, privileges: ["SELECT"] },
        { key: `${name}-sequences-${schema}`, kind: "grant", role: name, objectType: "sequence", schema, privileges: ["SELECT"] },
      ]),
      { key: `${name}-later-schemas`, kind: "default", role: name, objectType: "schema", privileges: ["USAGE"] },
      { key: `${name}-later-tables`, kind: "default", role: name, objectType: "table", privileges: ["SELECT"] },
      { key: `${name}-later-sequences`, kind: "default", role: name, objectType: "sequence", privileges: ["SELECT"] },
    ]),
  ];
}

function connect(role: string): GrantPlan {
  return { key: `${role}-connect`, kind: "grant", role, objectType: "database", privileges: ["CONNECT"] };
}
