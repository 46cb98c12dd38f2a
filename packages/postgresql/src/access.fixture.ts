import type { PostgresAccessArgs } from "./PostgresAccessArgs.js";

/** As little as can be declared. */
export const smallest: PostgresAccessArgs = {
  server: { host: "db.example.org" },
  admin: { username: "admin", password: "of the admin" },
  databases: [{ name: "core" }],
};

/** What the charts of one application with two databases expect: one owner, one login. */
export const twoDatabases: PostgresAccessArgs = {
  ...smallest,
  databases: [
    { name: "syntho-core", owner: "syntho_owner" },
    { name: "syntho-backend", owner: "syntho_owner" },
  ],
  applications: [{ name: "syntho", databases: ["syntho-core", "syntho-backend"] }],
};
