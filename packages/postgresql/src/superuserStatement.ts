import { quoteIdentifier, quoteLiteral } from "./identifiers.js";

/**
 * What the dump role needs and only a superuser can give, as one statement to run in each of the databases: BYPASSRLS, without which
 * pg_dump stops at the first table with row-level security, and SELECT on large objects, which pg_read_all_data does not reach. Before
 * PostgreSQL 18 large objects have no default privileges: there it is run again when new ones have come. The dump role still writes nothing.
 * The restore role, where there is one, reads back what it restored, and needs BYPASSRLS where row-level security is forced on owners.
 */
export function superuserStatement(dumpRole: string, restoreRole: string | undefined): string {
  const names = [dumpRole, ...(restoreRole === undefined ? [] : [restoreRole])];
  // The statement ends where its tag comes again, so no name may hold it.
  const tag =
    Array.from(names.join(""), (_, index) => `$pgkeep${"_".repeat(index)}$`).find((one) => !names.some((name) => name.includes(one))) ??
    "$pgkeep$";
  return `DO ${tag}
DECLARE object oid;
BEGIN
${names.map((name) => `  ALTER ROLE ${quoteIdentifier(name)} BYPASSRLS;`).join("\n")}
  FOR object IN SELECT oid FROM pg_largeobject_metadata LOOP
    EXECUTE format('GRANT SELECT ON LARGE OBJECT %s TO %I', object, ${quoteLiteral(dumpRole)});
  END LOOP;
  IF current_setting('server_version_num')::integer >= 180000 THEN
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT SELECT ON LARGE OBJECTS TO %I',
      (SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()), ${quoteLiteral(dumpRole)});
  END IF;
END ${tag};`;
}
