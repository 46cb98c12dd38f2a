import type { DatabaseProperties } from "@pgkeep/core";
import type { ArchiveEntry } from "../archive/ArchiveEntry.js";
import type { EntryChoices } from "./entryObstacles.js";

const NAME = '(?:"(?:[^"]|"")+"|[\\p{L}_][\\p{L}\\p{N}_$]*)';
/** pg_dump writes one grantee per statement, at its end. */
const GRANTEE = new RegExp(`\\b(?:TO|FROM) (${NAME})(?: WITH GRANT OPTION)?;$`, "gmu");
const POLICY_ROLES = new RegExp(` TO (${NAME}(?:, ${NAME})*)(?: USING | WITH CHECK |;)`, "u");
const MAPPED_USER = new RegExp(`^CREATE USER MAPPING FOR (${NAME}) SERVER `, "u");
const GRANTS = new Set(["ACL", "ACL LANGUAGE", "DEFAULT ACL"]);
const NOT_ROLES = new Set(["public", "current_role", "current_user", "session_user"]);

/** The roles that a restore of these entries names: owners, grantees, those of policies and of user mappings. */
export function referencedRoles(entries: readonly ArchiveEntry[], choices: EntryChoices = {}): Set<string> {
  const roles = new Set<string>();
  const add = (name: string | undefined) => {
    if (name === undefined || name === "" || NOT_ROLES.has(name.toLowerCase())) return;
    roles.add(name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name);
  };
  for (const { description, owner, definition } of entries) {
    const grant = GRANTS.has(description);
    if (grant && choices.noAcl) continue;
    if (description === "DATABASE" || description === "DATABASE PROPERTIES") continue;
    if (!choices.noOwner || description === "DEFAULT ACL") add(owner);
    if (grant) for (const match of definition.matchAll(GRANTEE)) add(match[1]);
    if (description === "POLICY") for (const name of POLICY_ROLES.exec(definition)?.[1]?.match(new RegExp(NAME, "gu")) ?? []) add(name);
    if (description === "USER MAPPING") add(MAPPED_USER.exec(definition)?.[1]);
  }
  return roles;
}

/** The roles that the database itself names: its owner, and whom its privileges and settings are for. */
export function rolesOfProperties({ owner, acl, settings }: DatabaseProperties, { noOwner, noAcl }: EntryChoices = {}): Set<string> {
  return new Set([
    ...(noOwner ? [] : [owner]),
    ...(noAcl
      ? []
      : [...(acl ?? []).flatMap(({ grantee, grantor }) => [grantee ?? "", grantor]), ...settings.map(({ role }) => role ?? "")].filter(
          (role) => role !== "",
        )),
  ]);
}
