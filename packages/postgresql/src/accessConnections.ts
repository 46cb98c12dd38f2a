import { SslMode } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import type { AccessPlan, LoginPlan } from "./accessPlan.js";
import type { AccessConnection, PostgresAccessArgs } from "./PostgresAccessArgs.js";
import { renderConnection } from "./renderConnection.js";

/** Connections of those who work in databases, under the names of the arguments: of two alternating logins the one in use. */
export function accessConnections(
  args: PostgresAccessArgs,
  { logins }: AccessPlan,
  passwords: Record<string, pulumi.Output<string>>,
): pulumi.Output<Record<string, AccessConnection>> {
  const connections = logins
    .filter(({ kind, active }) => active && (kind === "application" || kind === "read-only"))
    .flatMap((login) =>
      login.databases.map((database) => [`${login.declaredName}@${database}`, connectionOf(args, login, database, passwords)]),
    );
  return pulumi.secret(pulumi.all(Object.fromEntries(connections) as Record<string, pulumi.Output<AccessConnection>>));
}

/** The connection of the dump or the restore, which begins at the maintenance database. Nothing where there is no such login. */
export function clusterConnection(
  kind: "dump" | "restore",
  args: PostgresAccessArgs,
  { logins }: AccessPlan,
  passwords: Record<string, pulumi.Output<string>>,
): pulumi.Output<AccessConnection> | undefined {
  const login = logins.find((one) => one.kind === kind);
  return login && pulumi.secret(connectionOf(args, login, args.server.maintenanceDatabase ?? "postgres", passwords));
}

function connectionOf(
  { server, databases }: PostgresAccessArgs,
  login: LoginPlan,
  database: pulumi.Input<string>,
  passwords: Record<string, pulumi.Output<string>>,
): pulumi.Output<AccessConnection> {
  return pulumi
    .all([
      server.host,
      server.port ?? 5432,
      database,
      passwords[login.name] ?? "",
      server.sslMode ?? SslMode.VerifyFull,
      server.clientRootCertificate,
    ])
    .apply(([host, port, databaseName, password, sslMode, sslRootCertificate]) => {
      const declared = databases.find((one) => one.name === databaseName);
      const connection = { host, port, database: databaseName, username: login.name, password, sslMode };
      return renderConnection(
        sslRootCertificate === undefined ? connection : { ...connection, sslRootCertificate },
        declared?.environmentNames,
        declared?.helmPaths,
      );
    });
}
