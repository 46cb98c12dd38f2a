import type { GlobalsRecord, RoleRecord } from "@pgkeep/core";
import { compareRole } from "./compareGlobals.js";

export interface RolePlan {
  /** Roles that are missing and will be created. */
  create: string[];
  /** Roles that exist and stay as they are, with how they differ from the record; no differences where they are equal. */
  keep: { name: string; differences: string[] }[];
  /** Roles that will be created, may log in, and had (or may have had) a password that was not saved. */
  withoutPassword: string[];
}

/** What `renderGlobals` will do on a server whose roles are `existing`. */
export function planRoles(
  globals: Pick<GlobalsRecord, "roles">,
  existing: Pick<GlobalsRecord, "roles">,
  verifiers: { has(role: string): boolean } = new Map(),
): RolePlan {
  const found = new Map(existing.roles.map((role) => [role.name, role]));
  const plan: RolePlan = { create: [], keep: [], withoutPassword: [] };
  for (const role of globals.roles) {
    const same = found.get(role.name);
    if (same) plan.keep.push({ name: role.name, differences: compareRole(role, same) });
    else plan.create.push(role.name);
    if (!same && needsPassword(role) && !verifiers.has(role.name)) plan.withoutPassword.push(role.name);
  }
  return plan;
}

/** Where pg_authid was hidden nobody knows, so a role that may log in is taken to have had a password. */
function needsPassword({ login, hasPassword }: RoleRecord): boolean {
  return login && hasPassword !== false;
}
