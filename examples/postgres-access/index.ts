import { PostgresAccess, SslMode } from "@pgkeep/postgresql";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();

const access = new PostgresAccess("syntho", {
  server: {
    host: config.require("host"),
    port: config.getNumber("port") ?? 5432,
    // The default, verify-full, wants a certificate that this machine trusts. A server on this machine may do without.
    ...(config.getBoolean("insecure") ? { sslMode: SslMode.Disable } : {}),
  },
  admin: { username: config.require("adminUsername"), password: config.requireSecret("adminPassword") },
  // The application's chart knows one user for both databases: one owner, one login.
  databases: [
    { name: "syntho-core", owner: "syntho_owner", helmPaths: { host: "core.host", database: "core.name", password: "core.password" } },
    { name: "syntho-backend", owner: "syntho_owner", connectionLimit: 100 },
  ],
  // Two logins that take turns: raise the generation, roll the application out, and nobody was ever locked out.
  applications: [{ name: "syntho", databases: ["syntho-core", "syntho-backend"], alternateLogins: true, passwordGeneration: 1 }],
  readOnlyRoles: [{ name: "reporting", databases: ["syntho-core"] }],
  dumpRole: { name: "backup" },
});

/** What a reviewer reads, line by line, in a preview's diff. */
export const effectivePolicy = access.effectivePolicy;
/** For the application: `pulumi stack output --show-secrets connections`. */
export const connections = access.connections;
/** For the agent: its user and password. */
export const dumpConnection = access.dumpConnection;
/** For the server's superuser, where tables have row-level security or large objects exist. */
export const superuserStatement = access.superuserStatement;
