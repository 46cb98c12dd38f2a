import type { DumpRole, Finding } from "./Finding.js";
import { shownName, sqlName } from "./objectName.js";
import type { Session } from "./session.js";
import { unlessForbidden } from "./unlessForbidden.js";

/** For anybody but a superuser pg_dump warns and leaves out all subscriptions (getSubscriptions of pg_dump, 14 to 18). */
export async function findSubscriptions(session: Session, role: DumpRole): Promise<Finding[]> {
  if (role.superuser) return [];
  const subscriptions = await session.query<{ name: string }>(
    "SELECT subname AS name FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1",
  );
  return subscriptions.map(({ name }) => ({
    name: `subscription:${shownName(name)}`,
    reason: `pg_dump dumps subscriptions only for superusers, because they hold connection strings, and role ${shownName(role.name)} is none`,
    remedy: `no privilege helps: dump as a superuser, or keep the CREATE SUBSCRIPTION ${sqlName(name)} statement elsewhere`,
    loss: "all subscriptions, to be created again by hand after a restore",
    omission: { kind: "subscriptions" },
    oids: [],
  }));
}

interface Mapping {
  id: number;
  server: string;
  owner: string;
  user: string;
  /** Whether the view shows this role the options, if there are any. */
  shown: boolean;
  own: boolean;
  ofExtension: boolean;
}

/**
 * Options of user mappings, which hold passwords of foreign servers. The view that pg_dump reads shows them to few, and pg_dump writes
 * the mapping without them and without a word. The condition is that of pg_user_mappings in system_views.sql.
 */
export async function findForeignSecrets(session: Session, role: DumpRole): Promise<Finding[]> {
  const mappings = await session.query<Mapping>(
    `SELECT m.umid AS id, m.srvname AS server, pg_get_userbyid(s.srvowner) AS owner, m.usename AS user,
            $1 OR CASE WHEN m.umuser = 0 THEN pg_has_role(s.srvowner, 'USAGE')
                       ELSE m.usename = current_user AND (pg_has_role(s.srvowner, 'USAGE') OR has_server_privilege(s.oid, 'USAGE')) END AS shown,
            m.usename = current_user AS own,
            EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_foreign_server'::regclass AND d.objid = s.oid AND d.deptype = 'e') AS "ofExtension"
       FROM pg_user_mappings m JOIN pg_foreign_server s ON s.oid = m.srvid ORDER BY m.srvname, m.usename`,
    [role.superuser],
  );
  const hidden = mappings.filter(({ shown }) => !shown);
  const withOptions = hidden.length === 0 ? new Set<number>() : await mappingsWithOptions(session);
  return [
    ...mappings.filter(({ ofExtension }) => ofExtension).map(mappingOfExtension),
    ...hidden
      .filter(({ id, ofExtension }) => !ofExtension && withOptions?.has(id) !== false)
      .map((mapping) => hiddenOptions(mapping, role, withOptions === undefined)),
  ];
}

/** Undefined where nobody may look. With pg_read_all_data the table can be read although the view hides the options. */
async function mappingsWithOptions(session: Session): Promise<Set<number> | undefined> {
  const rows = await unlessForbidden(session, "pg_user_mapping", () =>
    session.query<{ oid: number }>("SELECT oid FROM pg_user_mapping WHERE umoptions IS NOT NULL"),
  );
  return rows && new Set(rows.map(({ oid }) => oid));
}

function hiddenOptions({ server, owner, user, own }: Mapping, role: DumpRole, unsure: boolean): Finding {
  const mapping = `of ${shownName(user)} at foreign server ${shownName(server)}`;
  return {
    name: `user-mapping-options:${shownName(server)}/${shownName(user)}`,
    reason: `the options of the user mapping ${mapping} are hidden from role ${shownName(role.name)}, so pg_dump would leave them out without a word${unsure ? "; whether it has any cannot be seen" : ""}`,
    remedy: remedy(server, owner, user, own, role),
    loss: `the mapping's options, such as user and password, to be set again after a restore: ALTER USER MAPPING FOR ${user === "public" ? "PUBLIC" : sqlName(user)} SERVER ${sqlName(server)} OPTIONS (…)`,
    omission: { kind: "none" },
    oids: [],
  };
}

function remedy(server: string, owner: string, user: string, own: boolean, role: DumpRole): string {
  if (own) return `GRANT USAGE ON FOREIGN SERVER ${sqlName(server)} TO ${sqlName(role.name)};`;
  if (user === "public") return `make the role a member of the server's owner: GRANT ${sqlName(owner)} TO ${sqlName(role.name)};`;
  return "no privilege helps: only a superuser sees the options of other roles' mappings";
}

/** pg_dump leaves the mappings of a server that belongs to an extension to the extension, which knows nothing of them. */
function mappingOfExtension({ server, user }: Mapping): Finding {
  return {
    name: `user-mapping:${shownName(server)}/${shownName(user)}`,
    reason: `foreign server ${shownName(server)} belongs to an extension, and pg_dump leaves out the user mappings of such servers without a word`,
    remedy: "create a server of your own beside the extension's and use that one",
    loss: "the user mapping, to be created again after a restore",
    omission: { kind: "none" },
    oids: [],
  };
}
