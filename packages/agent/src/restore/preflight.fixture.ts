import type { ArchiveEntry } from "../archive/ArchiveEntry.js";
import type { TargetFacts } from "./TargetFacts.js";

let lastId = 0;

/** An archive entry that has only what a test is about. */
export function entry(description: string, tag: string, definition = "", rest: Partial<ArchiveEntry> = {}): ArchiveEntry {
  lastId++;
  return {
    dumpId: lastId,
    hadData: false,
    tableOid: "0",
    oid: "0",
    tag,
    description,
    section: 2,
    definition,
    dropStatement: "",
    copyStatement: "",
    namespace: "public",
    tablespace: "",
    accessMethod: "",
    relationKind: "",
    owner: "owner",
    dependencies: [],
    ...rest,
  };
}

/** A PostgreSQL 16 and a role `restorer` that may create databases and is a member of `owner`. */
export function facts(changes: Omit<Partial<TargetFacts>, "role"> & { role?: Partial<TargetFacts["role"]> } = {}): TargetFacts {
  const { role, ...rest } = changes;
  return {
    address: "127.0.0.1:5432",
    version: "16.4",
    major: 16,
    inRecovery: false,
    role: {
      name: "restorer",
      superuser: false,
      createDatabase: true,
      createRole: false,
      bypassRls: false,
      signalBackend: false,
      createSubscription: false,
      managedAdministrator: null,
      ...role,
    },
    databases: [{ name: "postgres", owner: "postgres", isTemplate: false, allowsConnections: true, encoding: "UTF8" }],
    roles: ["postgres", "restorer", "owner", "stranger"],
    superusers: ["postgres"],
    memberships: [{ member: "restorer", role: "owner", inherit: true, set: true }],
    extensions: [
      { name: "hstore", defaultVersion: "1.8", installableVersions: ["1.8"], open: true },
      { name: "postgres_fdw", defaultVersion: "1.1", installableVersions: ["1.1"], open: false },
    ],
    tablespaces: [{ name: "pg_default", mayCreate: true }],
    accessMethods: ["heap", "btree"],
    settings: new Map([
      ["work_mem", { context: "user", maySet: true }],
      ["log_statement", { context: "superuser", maySet: false }],
    ]),
    ...rest,
  };
}
