import { SslMode } from "@pgkeep/core";
import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import { accessError } from "./accessError.js";
import type { PostgresAccessArgs } from "./PostgresAccessArgs.js";

/** The provider that was given, else one made from the administrator's connection; never the default one. */
export function adminProvider(
  component: pulumi.ComponentResource,
  name: string,
  { server, admin }: PostgresAccessArgs,
): pulumi.ProviderResource {
  const given = component.getProvider("postgresql:index/role:Role");
  if (admin.password === undefined) {
    if (given !== undefined) return given;
    throw accessError(name, [
      {
        where: "admin.password",
        reason: "there is neither a password nor a provider, and the default provider would talk to a server on this machine",
        next: "give admin.password, or a provider: new PostgresAccess(name, args, { providers: { postgresql: provider } })",
      },
    ]);
  }
  return new postgresql.Provider(
    `${name}-provider`,
    {
      host: server.host,
      port: server.port ?? 5432,
      username: admin.username,
      password: pulumi.secret(admin.password),
      database: server.maintenanceDatabase ?? "postgres",
      superuser: admin.superuser ?? false,
      sslmode: server.sslMode ?? SslMode.VerifyFull,
      ...(server.sslRootCertificate === undefined ? {} : { sslrootcert: server.sslRootCertificate }),
      maxConnections: server.maxConnections ?? 4,
      connectTimeout: 30,
    },
    { parent: component },
  );
}
