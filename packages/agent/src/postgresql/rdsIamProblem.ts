import { type Connection, ExitCode, type Problem } from "@pgkeep/core";
import { sqlName } from "./objectName.js";
import { serverAddress } from "./serverAddress.js";

/**
 * What is wrong with IAM database authentication; undefined when it is something else. RDS asks IAM for roles that are members of rds_iam, however
 * indirectly, and PAM is the name it has for that; for all others it compares with their password.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
 */
export function explainRdsIam(connection: Connection, state: string, message: string): [ExitCode, Problem] | undefined {
  const { user, rdsIam } = connection;
  const address = serverAddress(connection);
  const byIam = state === "28000" && /\bPAM authentication failed\b/.test(message);
  if (rdsIam === undefined) {
    if (!byIam) return undefined;
    return [
      ExitCode.Permission,
      {
        where: "connection.authentication",
        received: `a password for user ${user} (not shown)`,
        reason: `${address} takes no password of this user, for it is a member of rds_iam, directly or by another role: ${message}`,
        next: `write connection.authentication: rds-iam, or REVOKE rds_iam (from the role through which ${sqlName(user)} has it)`,
      },
    ];
  }
  if (byIam) {
    return [
      ExitCode.Permission,
      {
        where: "connection.authentication",
        received: `a token for user ${user}, signed for ${rdsIam.region} (not shown)`,
        reason: `${address} refused it: ${message}`,
        allowed: `an IAM identity with rds-db:connect on arn:aws:rds-db:${rdsIam.region}:<account>:dbuser:<resource id of the instance, db-…>/${user}`,
        next: "see that IAM database authentication is enabled for the instance, that the agent's AWS identity has this permission and has not expired, and that this machine's clock is right (a token is good for 15 minutes)",
      },
    ];
  }
  if (state === "28P01") {
    return [
      ExitCode.Permission,
      {
        where: "connection.user",
        received: `a token for user ${user} (not shown)`,
        reason: `${address} took it for a password, so this user is not a member of rds_iam (or there is none of this name): ${message}`,
        next: `as the master user: CREATE ROLE ${sqlName(user)} LOGIN (where it is missing), then GRANT rds_iam TO ${sqlName(user)}. Never to the master user: nobody could log in by its password any more`,
      },
    ];
  }
  return undefined;
}
