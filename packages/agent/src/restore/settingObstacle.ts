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
  { settings, role, version }: TargetFacts,
  refusedLibraries: ReadonlyMap<string, string>,
): Pick<EntryObstacle, "reason" | "forbidden" | "next"> | undefined {
  const words = refusedLibraries.get(name);
  if (words !== undefined) {
    const reason = `the server cannot load its library, without which nobody could connect: ${words}`;
    return { reason, forbidden: false, next: "install the package that brings it on the server's machine" };
  }
  const known = settings.get(name.toLowerCase());
  if (known === undefined && !name.includes(".")) {
    const reason = `PostgreSQL ${version} does not know this setting`;
    return { reason, forbidden: false, next: "look for its successor in the release notes" };
  }
  // A name with a dot is an extension's or the application's own; of those that it does not know the server trusts superusers alone.
  if (known?.maySet || role.superuser || role.managedAdministrator !== null) return undefined;
  return { reason: `role ${shownName(role.name)} may not set it for a database`, forbidden: true, next: "restore as a superuser" };
}
