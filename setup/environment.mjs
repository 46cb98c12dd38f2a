import { delimiter } from "node:path";
import { findPgbouncer } from "./pgbouncer.mjs";
import { findPostgres } from "./postgresql.mjs";
import { findPulumi } from "./pulumi.mjs";
import { findVersitygw } from "./versitygw.mjs";

/**
 * What is on this machine by now, as environment variables for the tests, the demo and the benchmarks. Fetches nothing.
 * @returns {Record<string, string>}
 */
export function foundEnvironment() {
  const server = findVersitygw();
  const pooler = findPgbouncer();
  const engine = findPulumi();
  return {
    PGKEEP_PG_BIN: findPostgres()
      .map(({ folder }) => folder)
      .join(delimiter),
    ...(server === undefined ? {} : { PGKEEP_VERSITYGW: server }),
    ...(pooler === undefined ? {} : { PGKEEP_PGBOUNCER: pooler }),
    ...(engine === undefined ? {} : { PGKEEP_PULUMI: engine }),
  };
}
