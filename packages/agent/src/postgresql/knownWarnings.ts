/** A message that pg_dump prints although the dump is whole, and why it is. */
interface KnownWarning {
  /** Matches the first line of the message, in English (the agent sets LC_MESSAGES=C). */
  pattern: RegExp;
  /** Further lines of the message that no prefix shows to be such, for example pg_dump 14's details and hints. */
  continuation?: RegExp;
  reason: string;
  source: string;
}

export const knownWarnings: readonly KnownWarning[] = [
  {
    pattern: /^pg_dump: warning: there are circular foreign-key constraints (on this table|among these tables):$/,
    continuation:
      /^pg_dump: (?: {2}\S|You might not be able to restore the dump without using --disable-triggers|Consider using a full dump)/,
    reason:
      "the dump is whole: only the order in which rows of extensions' configuration tables are restored cannot satisfy their foreign keys; seen with TimescaleDB, which asks for timescaledb_pre_restore()",
    source: "repairDependencyLoop in PostgreSQL's src/bin/pg_dump/pg_dump_sort.c; processExtensionTables in pg_dump.c",
  },
  {
    pattern: /^WARNING: {2}database ".*" has a collation version mismatch$/,
    reason:
      "the system's collation library changed under the database: its indexes on text may be wrong and want REINDEX, but a dump reads tables without them",
    source: "CheckMyDatabase in PostgreSQL's src/backend/utils/init/postinit.c, from 15 on",
  },
  {
    pattern: /^(NOTICE|INFO|LOG|DEBUG): {2}/,
    // libpq prints the lines of a text as they are: whatever does not begin a message of its own belongs to it.
    continuation: /^(?!pg_dump: |[A-Z]+: )/,
    reason: "by its level no warning, for example TimescaleDB's notice that the rows of a hypertable are in its chunks, which are dumped",
    source: "https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-SEVERITY-LEVELS",
  },
];

/** Lines that belong to the message before them: of pg_dump, and of the server as libpq prints them. */
const CONTINUATION = /^(pg_dump: (detail|hint): |(DETAIL|HINT|CONTEXT|QUERY|LINE \d+|LOCATION): |\s)/;

/** Sorts what pg_dump wrote to stderr into messages known to be harmless and all others, each with its details and hints. */
export function classifyWarnings(stderr: string): { known: string[]; unknown: string[] } {
  const messages: { text: string; warning: KnownWarning | undefined }[] = [];
  for (const line of stderr.split(/\r?\n/)) {
    const last = messages.at(-1);
    if (line === "") continue;
    if (last && (CONTINUATION.test(line) || last.warning?.continuation?.test(line))) last.text += `\n${line}`;
    else messages.push({ text: line, warning: knownWarnings.find(({ pattern }) => pattern.test(line)) });
  }
  return {
    known: messages.filter(({ warning }) => warning).map(({ text }) => text),
    unknown: messages.filter(({ warning }) => !warning).map(({ text }) => text),
  };
}
