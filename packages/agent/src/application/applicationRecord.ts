import type { ApplicationRecord } from "@pgkeep/core";
import type { Migrations } from "./readMigrations.js";

/** What a manifest says about the application; null where nothing was given and nobody looked. */
export function applicationRecord(
  { git, images, unread }: Pick<ApplicationRecord, "git" | "images" | "unread">,
  migrations: Migrations | null,
): ApplicationRecord | null {
  if (git === null && images.length === 0 && unread.length === 0 && migrations === null) return null;
  return { git, images, migrations: migrations?.records ?? null, unread: [...unread, ...(migrations?.unread ?? [])] };
}
