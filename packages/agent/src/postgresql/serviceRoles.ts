import type { GlobalsRecord } from "@pgkeep/core";

/** The superuser with which Amazon RDS and Aurora run a server; its first role, and nobody's but theirs. */
export const RDS_SUPERUSER = "rdsadmin";

/** Whoever is a member of this one, by whatever way, is let in by IAM alone. */
export const RDS_IAM = "rds_iam";

/**
 * Roles that RDS and Aurora make for themselves. A list and no pattern: whatever else begins with `rds` may be somebody's own.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.html
 */
export const RDS_ROLES: readonly string[] = [
  RDS_SUPERUSER,
  "rds_ad",
  "rds_extension",
  RDS_IAM,
  "rds_password",
  "rds_replication",
  "rds_reserved",
  "rds_superuser",
  "rdsproxyadmin",
  "rdsrepladmin",
  "rdstopmgr",
  "rdswriteforwarduser",
];

/**
 * Which of a cluster's roles belong to the managed service that runs it: none on a server of one's own. They come with every server of the
 * service and must come with no restore elsewhere, where a superuser of the service's name would be a door that nobody watches.
 */
export function serviceRoles({ bootstrapSuperuser }: Pick<GlobalsRecord, "bootstrapSuperuser">): ReadonlySet<string> {
  return new Set(bootstrapSuperuser === RDS_SUPERUSER ? RDS_ROLES : []);
}
