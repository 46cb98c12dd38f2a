import { Client } from "pg";
import { expect, it } from "vitest";
import { missingPgbouncer, startPgbouncer } from "./pgbouncer.js";
import { missingPostgres, startPostgres } from "./postgresServer.js";

it.skipIf(missingPgbouncer() ?? missingPostgres(15))("a pooler for tests moves a session between backends", async () => {
  const server = await startPostgres();
  const pooler = await startPgbouncer(server, { poolMode: "transaction" });
  try {
    const { host, port, user, password = "" } = pooler.connection;
    const clients = [1, 2, 3, 4].map(() => new Client({ host, port, user, password, database: "postgres" }));
    await Promise.all(clients.map((client) => client.connect()));
    const backends = await Promise.all(clients.map(async (client) => (await client.query("SELECT pg_backend_pid() AS pid")).rows[0].pid));
    expect(new Set(backends).size).toBeLessThanOrEqual(2);
    await Promise.all(clients.map((client) => client.end()));
  } finally {
    await pooler.stop();
    await server.stop();
  }
});
