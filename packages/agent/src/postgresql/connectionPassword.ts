import type { Connection } from "@pgkeep/core";

/** The password for one connection that is opened now, undefined where there is none. With IAM database authentication each has a token of its own. */
export async function connectionPassword(connection: Connection): Promise<string | undefined> {
  const { rdsIam, password } = connection;
  if (rdsIam === undefined) return password;
  if (rdsIam.signToken === undefined) throw new Error("a connection with IAM database authentication was not loaded by loadConnection");
  return await rdsIam.signToken(connection);
}
