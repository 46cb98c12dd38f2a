import { type Connection, SslMode } from "@pgkeep/core";
import { afterEach, describe, expect, it } from "vitest";
import { childEnvironment } from "./childEnvironment.js";

const connection: Connection = {
  host: "db.example.org",
  port: 5433,
  user: "backup",
  password: "s3cret",
  sslMode: SslMode.VerifyFull,
  sslRootCertificate: "/etc/ca.pem",
  maintenanceDatabase: "postgres",
  connectTimeoutSeconds: 10,
};

describe("the environment of pg_dump and its like", () => {
  const before = { ...process.env };
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });

  it("is the connection, complete, under fixed settings", async () => {
    expect(await childEnvironment(connection, { monetaryLocale: "de_DE.UTF-8", settings: { event_triggers: "off" } })).toMatchObject({
      PGHOST: "db.example.org",
      PGPORT: "5433",
      PGUSER: "backup",
      PGPASSWORD: "s3cret",
      PGSSLMODE: "verify-full",
      PGSSLROOTCERT: "/etc/ca.pem",
      PGTZ: "UTC",
      PGCLIENTENCODING: "UTF8",
      PGAPPNAME: "pgkeep",
      PGCONNECT_TIMEOUT: "10",
      PGOPTIONS: expect.stringMatching(/^-c bytea_output=hex .*-c lc_monetary=de_DE.UTF-8 -c event_triggers=off$/),
      LC_ALL: "C",
    });
  });

  it("takes nothing of PostgreSQL's from the surroundings", async () => {
    Object.assign(process.env, {
      PGHOSTADDR: "10.0.0.1",
      PGSERVICE: "other",
      PGTARGETSESSIONATTRS: "standby",
      PGDATABASE: "other",
      PGREQUIRESSL: "1",
    });
    const environment = await childEnvironment(connection);
    for (const name of ["PGHOSTADDR", "PGSERVICE", "PGTARGETSESSIONATTRS", "PGDATABASE", "PGREQUIRESSL"])
      expect(environment).not.toHaveProperty(name);
    expect(environment.PATH).toBe(process.env.PATH);
  });

  it("names a password only where there is one, and never libpq's own files", async () => {
    const { password: _, ...without } = connection;
    const environment = await childEnvironment(without);
    expect(environment).not.toHaveProperty("PGPASSWORD");
    for (const name of ["PGPASSFILE", "PGSERVICEFILE", "PGSSLCERT", "PGSSLKEY", "PGSSLCRL"])
      expect(environment[name]).toMatch(/^\/nonexistent/);
  });

  it("trusts the machine's own store for `system`, with any libpq", async () => {
    const { sslRootCertificate: _, ...system } = connection;
    process.env.SSL_CERT_FILE = import.meta.filename;
    expect((await childEnvironment(system)).PGSSLROOTCERT).toBe(import.meta.filename);
    expect((await childEnvironment({ ...connection, sslRootCertificate: "system", sslMode: SslMode.VerifyCa })).PGSSLROOTCERT).toBe(
      import.meta.filename,
    );
    // libpq's `require` verifies as soon as a file is named; ours never does.
    expect((await childEnvironment({ ...connection, sslMode: SslMode.Require })).PGSSLROOTCERT).toMatch(/^\/nonexistent/);
  });

  it("quotes what a setting may hold", async () => {
    expect((await childEnvironment(connection, { monetaryLocale: "English_United States.1252\\" })).PGOPTIONS).toContain(
      "-c lc_monetary=English_United\\ States.1252\\\\",
    );
  });
});
