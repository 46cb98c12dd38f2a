import type { SettingRecord } from "@pgkeep/core";
import { shownName } from "../postgresql/objectName.js";
import type { EntryObstacle } from "./entryObstacles.js";
import type { TargetFacts } from "./TargetFacts.js";

/**
 * Why a recorded setting cannot be made a database's or a role's here; undefined when it can. `refusedLibraries` are settings that name a
 * library which the server could not load, with its words.
 */
export function settingObstacle(
  { name }: Pick<SettingRecord, "name">,
  { settings, role, version, rds }: TargetFacts,
  refusedLibraries: ReadonlyMap<string, string>,
  denied: ReadonlyMap<string, string> = new Map(),
): (Pick<EntryObstacle, "reason" | "forbidden" | "next"> & { meaningless?: true }) | undefined {
  const unloadable = refusedLibraries.get(name);
  if (unloadable !== undefined) {
    const reason = `the server cannot load its library, without which nobody could connect: ${unloadable}`;
    return { reason, forbidden: false, next: "install the package that brings it on the server's machine" };
  }
  const known = settings.get(name.toLowerCase());
  if (rds === undefined && known === undefined && name.toLowerCase().startsWith("rds.")) {
    const reason = "it is Amazon RDS's own and means nothing here";
    return { reason, forbidden: false, next: "nothing", meaningless: true };
  }
  if (known === undefined && !name.includes(".")) {
    const reason = `PostgreSQL ${version} does not know this setting`;
    return { reason, forbidden: false, next: "look for its successor in the release notes" };
  }
  const words = denied.get(name.toLowerCase());
  if (words !== undefined) {
    const reason = `role ${shownName(role.name)} may not set it, although it is a member of ${role.managedAdministrator}: ${words}`;
    return { reason, forbidden: true, next: "set it in the parameter group, for the whole server" };
  }
  // A name with a dot is an extension's or the application's own; of those that it does not know the server trusts superusers alone.
  if (known?.maySet || role.superuser || role.managedAdministrator !== null) return undefined;
  return { reason: `role ${shownName(role.name)} may not set it for a database`, forbidden: true, next: "restore as a superuser" };
}
