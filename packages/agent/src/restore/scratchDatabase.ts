import type { DatabaseProperties } from "@pgkeep/core";
import pg from "pg";
import { createDatabaseStatement, renderDatabaseProperties } from "../postgresql/databaseProperties.js";
import { shownName, sqlName } from "../postgresql/objectName.js";
import type { Session } from "../postgresql/session.js";
import { serverRefusal } from "./serverRefusal.js";
import type { TargetFacts } from "./TargetFacts.js";

export interface ScratchOptions {
  /** Its name while it is restored. */
  scratch: string;
  properties: DatabaseProperties;
  /** Whether owner, privileges and settings of roles come back. */
  withOwner: boolean;
  withAcl: boolean;
  facts: TargetFacts;
  /** What its comment says meanwhile, for whoever finds it. */
  remark: string;
}

/**
 * Statements that create the database to restore into. Others stay out meanwhile: for a superuser by a connection limit of 0, which binds
 * all but superusers; for another role, whom the limit would bind too, by taking CONNECT from everybody else. The owner is the final one
 * from the beginning, because the schema public belongs to whoever owns the database, and his objects are handed over to him there.
 * Its settings are in place before the load, as `pg_restore --create` does: views and functions evaluated meanwhile may ask for them.
 */
export function createScratchStatements({ scratch, properties, withOwner, facts, remark }: ScratchOptions): string[] {
  const { role, major, tablespaces } = facts;
  const database = `DATABASE ${sqlName(scratch)}`;
  const owner = withOwner ? properties.owner : role.name;
  const tablespace = tablespaces.some(({ name, mayCreate }) => name === properties.tablespace && mayCreate) ? properties.tablespace : null;
  const settings = properties.settings.filter((setting) => setting.role === null);
  return [
    createDatabaseStatement(scratch, properties, { targetMajor: major, owner, tablespace }),
    `COMMENT ON ${database} IS ${pg.escapeLiteral(remark).trim()};`,
    ...(role.superuser
      ? [`ALTER ${database} WITH CONNECTION LIMIT 0;`]
      : [
          `REVOKE CONNECT ON ${database} FROM PUBLIC;`,
          ...(owner === role.name
            ? []
            : [`GRANT CONNECT ON ${database} TO ${sqlName(role.name)};`, `REVOKE CONNECT ON ${database} FROM ${sqlName(owner)};`]),
        ]),
    ...renderDatabaseProperties(scratch, { ...properties, comment: null, acl: null, connectionLimit: -1, isTemplate: false, settings }),
  ];
}

/** Creates it, all or nothing. */
export async function createScratchDatabase(session: Session, options: ScratchOptions): Promise<void> {
  const [create, ...rest] = createScratchStatements(options);
  let created = false;
  try {
    // CREATE DATABASE is a transaction of its own, and the database comes into being with it.
    await session.query(create ?? "");
    created = true;
    for (const statement of rest) await session.query(statement);
  } catch (error) {
    if (created) await session.query(`DROP DATABASE IF EXISTS ${sqlName(options.scratch)} WITH (FORCE)`);
    throw serverRefusal(`database ${shownName(options.scratch)}`, "no database was changed", error);
  }
}

/** Statements that lift the fence and give the database, under the name it then has, all that it is to have. For the swap's transaction. */
export function finishStatements({ properties, withOwner, withAcl, facts }: ScratchOptions, name: string): string[] {
  const { role } = facts;
  const database = `DATABASE ${sqlName(name)}`;
  const owner = withOwner ? properties.owner : role.name;
  const settings = properties.settings.filter((setting) => setting.role !== null);
  return [
    `COMMENT ON ${database} IS NULL;`,
    ...(role.superuser
      ? [`ALTER ${database} WITH CONNECTION LIMIT -1;`]
      : [
          `GRANT CONNECT ON ${database} TO PUBLIC;`,
          ...(owner === role.name
            ? []
            : [`GRANT CONNECT ON ${database} TO ${sqlName(owner)};`, `REVOKE CONNECT ON ${database} FROM ${sqlName(role.name)};`]),
        ]),
    ...renderDatabaseProperties(name, { ...properties, settings }, { acl: withAcl, owner }),
  ];
}
