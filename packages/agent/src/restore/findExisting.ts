import type { Connection } from "@pgkeep/core";
import type { ArchiveEntry } from "../archive/ArchiveEntry.js";
import { sqlName } from "../postgresql/objectName.js";
import { openSession } from "../postgresql/session.js";

/** How to ask a server whether it has an object, by kind. `$1` is the name, quoted where the function wants it so. */
const QUESTIONS: Record<string, string> = {
  SCHEMA: "EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)",
  EXTENSION: "EXISTS (SELECT FROM pg_extension WHERE extname = $1)",
  TABLE: "to_regclass($1) IS NOT NULL",
  TYPE: "to_regtype($1) IS NOT NULL",
  FUNCTION: "to_regprocedure($1) IS NOT NULL",
  COLLATION: "to_regcollation($1) IS NOT NULL",
  "TEXT SEARCH CONFIGURATION":
    "EXISTS (SELECT FROM pg_ts_config WHERE quote_ident(cfgnamespace::regnamespace::text) || '.' || quote_ident(cfgname) = $1)",
  "PROCEDURAL LANGUAGE": "EXISTS (SELECT FROM pg_language WHERE lanname = $1)",
  "FOREIGN SERVER": "EXISTS (SELECT FROM pg_foreign_server WHERE srvname = $1)",
};

const ASKED_AS: Record<string, string> = {
  SEQUENCE: "TABLE",
  VIEW: "TABLE",
  "MATERIALIZED VIEW": "TABLE",
  "FOREIGN TABLE": "TABLE",
  INDEX: "TABLE",
  DOMAIN: "TYPE",
  "SHELL TYPE": "TYPE",
  PROCEDURE: "FUNCTION",
  AGGREGATE: "FUNCTION",
  SERVER: "FOREIGN SERVER",
};
const BY_PLAIN_NAME = new Set(["SCHEMA", "EXTENSION", "PROCEDURAL LANGUAGE", "FOREIGN SERVER"]);

/**
 * Which of an archive's objects a database has already, by dump id. Of kinds that cannot be asked for by name it knows nothing; those are
 * taken to be missing, and the restore's one transaction fails if they are not.
 */
export async function findExisting(connection: Connection, database: string, entries: readonly ArchiveEntry[]): Promise<Set<number>> {
  const session = await openSession(connection, database);
  try {
    const existing = new Set<number>();
    for (const entry of entries) {
      const kind = ASKED_AS[entry.description] ?? entry.description;
      const question = QUESTIONS[kind];
      if (question === undefined) continue;
      const [row] = await session.query<{ found: boolean }>(`SELECT ${question} AS found`, [nameOf(kind, entry)]);
      if (row?.found) existing.add(entry.dumpId);
    }
    return existing;
  } finally {
    await session.end();
  }
}

function nameOf(kind: string, { namespace, tag }: ArchiveEntry): string {
  if (BY_PLAIN_NAME.has(kind)) return tag;
  if (kind !== "FUNCTION") return sqlName(namespace, tag);
  // The tag is the signature, with the arguments as the server writes them.
  const arguments_ = tag.indexOf("(");
  return `${sqlName(namespace, tag.slice(0, arguments_))}${tag.slice(arguments_)}`;
}
