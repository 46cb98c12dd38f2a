import { quoteIdentifier, quoteLiteral } from "./identifiers.js";

/**
 * What the dump role needs and only a superuser can give, as one statement to run in each of the databases: BYPASSRLS, without which
 * pg_dump stops at the first table with row-level security, and SELECT on large objects, which pg_read_all_data does not reach. Before
 * PostgreSQL 18 large objects have no default privileges: there it is run again when new ones have come. The dump role still writes nothing.
 */
export function superuserStatement(dumpRole: string): string {
  const role = quoteIdentifier(dumpRole);
  // The statement ends where its tag comes again, so no name may hold it.
  const tag =
    Array.from(dumpRole, (_, index) => `$pgkeep${"_".repeat(index)}$`).find((candidate) => !dumpRole.includes(candidate)) ?? "$pgkeep$";
  return `DO ${tag}
DECLARE object oid;
BEGIN
  ALTER ROLE ${role} BYPASSRLS;
  FOR object IN SELECT oid FROM pg_largeobject_metadata LOOP
    EXECUTE format('GRANT SELECT ON LARGE OBJECT %s TO %I', object, ${quoteLiteral(dumpRole)});
  END LOOP;
  IF current_setting('server_version_num')::integer >= 180000 THEN
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT SELECT ON LARGE OBJECTS TO %I',
      (SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()), ${quoteLiteral(dumpRole)});
  END IF;
END ${tag};`;
}
