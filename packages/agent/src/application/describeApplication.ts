import { type ApplicationRecord, counted, type GitRecord, type MigrationRecord } from "@pgkeep/core";
import { TOOL_NAMES } from "./migrationTables.js";

/** The application's version in names and values, one each; empty where nothing is known of it. */
export function describeApplication(application: ApplicationRecord | null): [name: string, value: string][] {
  if (application === null) return [];
  const { git, images, migrations, unread } = application;
  return [
    ...(git === null ? [] : [["commit", describeGit(git)] as [string, string]]),
    ...images.map(({ name, digest }): [string, string] => ["image", `${name} ${digest}`]),
    ...(migrations ?? []).map((record): [string, string] => ["migrations", `${record.database}: ${describeMigrations(record)}`]),
    ...unread.map((text): [string, string] => ["not known", text]),
  ];
}

/** What to deploy before these data are used, in one line each; empty where nothing is known of it. */
export function describeDeployment(application: ApplicationRecord | null): string[] {
  if (application === null) return [];
  const { git, images, migrations } = application;
  const versions = [
    ...(git === null ? [] : [`commit ${describeGit(git)}`]),
    ...images.map(({ name, digest }) => `image ${name} ${digest}`),
  ];
  const heads = (migrations ?? []).map((record) => `${record.database}: ${describeMigrations(record)}`);
  return [
    ...versions.map((version) => `deploy first: ${version}`),
    ...heads.map((head) =>
      versions.length > 0 ? `its migrations of ${head}` : `deploy first the version with these migrations of ${head}`,
    ),
  ];
}

/** For example `Prisma 20260301_orders, 12 migrations`, and `v7, 1 migration by your query`. */
export function describeMigrations({ tool, head, count, table }: Pick<MigrationRecord, "tool" | "head" | "count" | "table">): string {
  const name = tool === "query" ? "" : `${TOOL_NAMES[tool]} `;
  if (head === null) return `${name === "" ? "no migration by your query" : `${name}without any migration (${table})`}`;
  if (tool === "alembic") return `${name}${head}`;
  return `${name}${head}, ${counted(count, "migration")}${tool === "query" ? " by your query" : ""}`;
}

function describeGit({ sha, branch, dirty, committedAt }: GitRecord): string {
  const remarks = [
    ...(branch === null ? [] : [`branch ${branch}`]),
    ...(committedAt === null ? [] : [`of ${committedAt}`]),
    ...(dirty === true ? ["with changes that were not committed"] : []),
  ];
  return remarks.length === 0 ? sha : `${sha} (${remarks.join(", ")})`;
}
