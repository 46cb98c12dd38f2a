import type { SqlStatement } from "./SqlScanner.js";

/**
 * The one line that pg_restore and pg_dump 17 and later put into every script and that servers before 17 refuse:
 * `unrecognized configuration parameter "transaction_timeout"` (_doSetFixedOutputState in PostgreSQL's pg_backup_archiver.c). It only sets
 * the default, so a script without it does the same. Nothing else is ever left out.
 */
export function isTransactionTimeout({ text }: SqlStatement): boolean {
  return text === "SET transaction_timeout = 0;";
}
