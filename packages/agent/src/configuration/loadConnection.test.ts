import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { connectionSchema, ExitCode } from "@pgkeep/core";
import { describe, expect, it, test } from "vitest";
import { loadConnection, loadConnectionWithSource } from "./loadConnection.js";
import { temporaryFile, temporaryFolder } from "./temporaryFolder.fixture.js";

const config = (input: Parameters<typeof connectionSchema.parse>[0] = {}) => connectionSchema.parse(input);
const load = async (input: Parameters<typeof connectionSchema.parse>[0], environment: Record<string, string> = {}) =>
  await loadConnectionWithSource(config(input), { HOME: await temporaryFolder(), ...environment });

describe("a connection to Amazon RDS", () => {
  const endpoint = "app.c9akciq32ab.eu-west-1.rds.amazonaws.com";
  const signed = { authentication: "rds-iam", host: endpoint, user: "pgkeep" } as const;
  const aws = { AWS_ACCESS_KEY_ID: "AKIDCANARY", AWS_SECRET_ACCESS_KEY: "hunter2", AWS_SESSION_TOKEN: "canary" };

  it("by IAM signs tokens for exactly this server and user, and reads no password", async () => {
    const { connection, passwordFrom } = await load(signed, { ...aws, PGPASSFILE: "/nonexistent", PGPASSWORD_FILE: "/nonexistent" });
    expect(passwordFrom).toBe("a token for each connection");
    expect(connection).not.toHaveProperty("password");
    const token = await connection.rdsIam?.signToken?.(connection);
    expect(token).toMatch(/^app\.c9akciq32ab\.eu-west-1\.rds\.amazonaws\.com:5432\/\?Action=connect&DBUser=pgkeep&/);
    expect(token).toContain(
      `X-Amz-Credential=AKIDCANARY%2F${new Date().toISOString().slice(0, 10).replaceAll("-", "")}%2Feu-west-1%2Frds-db%2F`,
    );
    expect(token).toContain("X-Amz-Expires=900");
    expect(token).not.toContain("hunter2");
  });

  it("is verified by the authorities that come with the agent, and refused where these cannot know it", async () => {
    expect((await load({ host: endpoint })).connection.sslRootCertificate).toBe("rds");
    const newer = endpoint.replace("eu-west-1", "il-central-1");
    await expect(load({ host: newer })).rejects.toThrow(/do not hold those of il-central-1[\s\S]*global-bundle\.pem/);
    expect((await load({ host: newer, sslrootcert: import.meta.filename })).connection.sslRootCertificate).toBe(import.meta.filename);
    // Of Amazon's public authorities, everywhere.
    expect((await load({ host: newer.replace("app.", "app.proxy-") })).connection.sslRootCertificate).toBe("rds");
  });
});

describe("a connection's password", () => {
  const pgpass = "*:*:*:*:filed\n";
  it("comes from its own file before everything else", async () => {
    const passwordFile = await temporaryFile("password", "own\n");
    const { connection, passwordFrom } = await load({ passwordFile }, { PGPASSWORD: "env" });
    expect([connection.password, passwordFrom]).toEqual(["own", passwordFile]);
  });
  it("comes from PGPASSWORD, or the file that PGPASSWORD_FILE names", async () => {
    expect(await load({}, { PGPASSWORD: "env" })).toMatchObject({ connection: { password: "env" }, passwordFrom: "PGPASSWORD" });
    const file = await temporaryFile("password", "mounted\n");
    expect(await load({}, { PGPASSWORD_FILE: file })).toMatchObject({
      connection: { password: "mounted" },
      passwordFrom: "PGPASSWORD_FILE",
    });
  });
  it("comes from the password file that PGPASSFILE names, or the one of the home folder", async () => {
    const file = await temporaryFile(".pgpass", pgpass);
    expect(await load({}, { PGPASSFILE: file })).toMatchObject({ connection: { password: "filed" }, passwordFrom: file });
    expect(await load({}, { HOME: dirname(file) })).toMatchObject({ connection: { password: "filed" }, passwordFrom: file });
  });
  it("may be missing, as with peer and trust", async () => {
    const { connection, passwordFrom } = await load({});
    expect(connection).toMatchObject({ host: "localhost", user: userInfo().username });
    expect([connection.password, passwordFrom]).toEqual([undefined, undefined]);
  });
  it("may be in a password file that nobody asks, however open it is", async () => {
    expect(await load({}, { PGPASSWORD: "env", PGPASSFILE: await temporaryFile(".pgpass", pgpass, 0o644) })).toMatchObject({
      passwordFrom: "PGPASSWORD",
    });
  });
});

describe("a connection is refused", () => {
  const refused = async (input: Parameters<typeof connectionSchema.parse>[0], environment: Record<string, string>) => {
    const error = await load(input, environment).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ exitCode: ExitCode.Configuration, problems: expect.any(Array) });
    expect((error as Error).message).not.toContain("hunter2");
    return (error as Error).message;
  };

  it("for a password in both places", async () =>
    expect(await refused({}, { PGPASSWORD: "hunter2", PGPASSWORD_FILE: "/x" })).toContain("both are set"));
  it("for a password file that others can read", async () => {
    expect(await refused({ passwordFile: await temporaryFile("p", "hunter2", 0o644) }, {})).toContain("chmod 600");
    expect(await refused({}, { PGPASSFILE: await temporaryFile("p", "*:*:*:*:hunter2", 0o640) })).toContain(
      "PGPASSFILE: others than its owner",
    );
  });
  it("for a password file that PGPASSFILE names and is not there", async () =>
    expect(await refused({}, { PGPASSFILE: "/nonexistent/x" })).toContain("no such file"));
  it("for files of TLS that are not there, all of them", async () => {
    const message = await refused(
      { host: "db", sslrootcert: "/nonexistent/ca", sslcert: "/nonexistent/cert", sslkey: "/nonexistent/key" },
      {},
    );
    for (const part of ["connection.sslrootcert", "connection.sslcert", "connection.sslkey"])
      expect(message).toContain(`${part}: there is no such file`);
  });
  it("for a client key that libpq will refuse", async () => {
    const sslcert = await temporaryFile("cert", "x", 0o644);
    expect(await refused({ host: "db", sslcert, sslkey: await temporaryFile("key", "hunter2", 0o640) }, {})).toContain(
      "libpq refuses a client key",
    );
    expect((await load({ host: "db", sslcert, sslkey: await temporaryFile("key", "x") })).connection.sslCertificate).toBe(sslcert);
  });
  it("for everything at once", async () => {
    const message = await refused({}, { PGPASSWORD_FILE: "/nonexistent/pw", PGPORT: "x", PGSSLMODE: "allow" });
    for (const part of ["PGPASSWORD_FILE", "PGPORT", "PGSSLMODE"]) expect(message).toContain(part);
  });
  test("under the name of its own part", async () => {
    await expect(loadConnection(config({ passwordFile: join("/nonexistent", "x") }), {}, "drill.connection")).rejects.toThrow(
      "drill.connection.passwordFile",
    );
  });
});
