import type { SqlStatement } from "./SqlScanner.js";

/** What a newer pg_dump and pg_restore write and an older server refuses, although it means nothing there. */
export interface ScriptRule {
  name: string;
  /** The first major version that understands it. */
  since: number;
  reason: string;
  /** The statement as the older server takes it: false to leave it out, true as it is. */
  apply(statement: SqlStatement): boolean | string;
}

/** All that is ever changed in a script on its way to an older server. */
export const scriptRules: readonly ScriptRule[] = [
  {
    name: "transaction_timeout",
    since: 17,
    reason:
      "the preamble of every script sets it to its default; _doSetFixedOutputState in PostgreSQL's pg_backup_archiver.c, whatever the server",
    apply: ({ text }) => text !== "SET transaction_timeout = 0;",
  },
  {
    name: "run_as_owner",
    since: 16,
    reason:
      "before 16 every subscription is applied as its owner, which pg_dump 16 and later spell out; dumpSubscription in PostgreSQL's pg_dump.c",
    apply: ({ text, words }) => {
      if (words[0] !== "create" || words[1] !== "subscription") return true;
      // The options come last, and none of them can hold this text.
      const options = text.lastIndexOf(" WITH (connect = false, ");
      return text.slice(0, options) + text.slice(options).replace(", run_as_owner = true", "");
    },
  },
];

/** Applies the rules that a server needs. */
export function applyScriptRules(serverMajor: number): (statement: SqlStatement) => boolean | string {
  const needed = scriptRules.filter(({ since }) => serverMajor < since);
  return (statement) => {
    for (const { apply } of needed) {
      const result = apply(statement);
      if (result === false || (typeof result === "string" && result !== statement.text)) return result;
    }
    return true;
  };
}
