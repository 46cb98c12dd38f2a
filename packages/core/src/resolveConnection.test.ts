import { describe, expect, it, test } from "vitest";
import { connectionSchema } from "./connectionConfig.js";
import { ExitCode } from "./exitCode.js";
import { ProblemError } from "./problem.js";
import { type ConnectionFiles, resolveConnection } from "./resolveConnection.js";

type Input = Parameters<typeof connectionSchema.parse>[0];
const resolve = (
  input: Input,
  environment: Record<string, string> = {},
  files: ConnectionFiles = {},
  osUser: string | undefined = "alice",
) => resolveConnection(connectionSchema.parse(input), environment, files, osUser);

describe("a connection", () => {
  it("without anything is the operating system's user on localhost", () => {
    expect(resolve({})).toEqual({
      host: "localhost",
      port: 5432,
      user: "alice",
      sslMode: "disable",
      maintenanceDatabase: "postgres",
      connectTimeoutSeconds: 10,
    });
  });

  it("takes each setting from its field, then the URI, then the PG* variable", () => {
    const environment = { PGHOST: "e", PGPORT: "1", PGUSER: "eu", PGSSLMODE: "require", PGDATABASE: "ignored" };
    expect(resolve({}, environment)).toMatchObject({ host: "e", port: 1, user: "eu", sslMode: "require", maintenanceDatabase: "postgres" });
    const uri = "postgresql://uu@u:2/ud?sslmode=verify-full";
    expect(resolve({ uri }, environment)).toMatchObject({
      host: "u",
      port: 2,
      user: "uu",
      sslMode: "verify-full",
      maintenanceDatabase: "ud",
    });
    expect(resolve({ uri, host: "f", port: 3, user: "fu", sslmode: "disable", maintenanceDatabase: "fd" }, environment)).toMatchObject({
      host: "f",
      port: 3,
      user: "fu",
      sslMode: "disable",
      maintenanceDatabase: "fd",
    });
  });

  it("takes empty variables as unset, as libpq does", () => {
    expect(resolve({}, { PGHOST: "", PGPORT: "", PGUSER: "", PGSSLMODE: "" })).toMatchObject({
      host: "localhost",
      port: 5432,
      user: "alice",
    });
  });

  test.each([
    ["db.example.org", "verify-full", "system"],
    ["10.0.0.1", "verify-full", "system"],
    ["localhost", "disable", undefined],
    ["127.0.0.1", "disable", undefined],
    ["::1", "disable", undefined],
    ["[::1]", "disable", undefined],
    ["/tmp", "disable", undefined],
  ])("to %s has sslmode %s by default", (host, sslMode, sslRootCertificate) => {
    expect(resolve({ host })).toMatchObject({ sslMode, ...(sslRootCertificate ? { sslRootCertificate } : {}) });
    expect(resolve({ host }).sslRootCertificate).toBe(sslRootCertificate);
  });

  it("over a socket is never encrypted, whatever sslmode says", () =>
    expect(resolve({ host: "/tmp", sslmode: "verify-full" }).sslMode).toBe("disable"));
  it("to loopback is encrypted on request", () =>
    expect(resolve({ host: "localhost", sslmode: "verify-full" }).sslMode).toBe("verify-full"));

  it("takes the password from its file, then PGPASSWORD, then the password file", () => {
    const pgpass = "*:*:*:*:filed";
    expect(resolve({}, { PGPASSWORD: "env" }, { password: "file", pgpass }).password).toBe("file");
    expect(resolve({}, { PGPASSWORD: "env" }, { pgpass }).password).toBe("env");
    expect(resolve({}, { PGPASSWORD: "" }, { pgpass }).password).toBe("filed");
    expect(resolve({ host: "db" }, {}, { pgpass: "other:*:*:*:x" })).not.toHaveProperty("password");
  });

  it("takes a client certificate with its key", () => {
    expect(resolve({ sslcert: "c" }, { PGSSLKEY: "k" })).toMatchObject({ sslCertificate: "c", sslKey: "k" });
  });
});

describe("a connection is refused", () => {
  const problemsOf = (...args: Parameters<typeof resolve>) => {
    try {
      resolve(...args);
    } catch (error) {
      if (error instanceof ProblemError && error.exitCode === ExitCode.Configuration) return error.problems;
      throw error;
    }
    throw new Error("it was not refused");
  };

  test.each<[string, Input, Record<string, string>, string, string]>([
    ["several hosts", {}, { PGHOST: "a,b" }, "PGHOST", "several hosts are refused"],
    ["several ports", {}, { PGPORT: "1,2" }, "PGPORT", "this is not a port"],
    ["port 0", {}, { PGPORT: "0" }, "PGPORT", "this is not a port"],
    ["port 65536", { uri: "postgresql://h:65536" }, {}, "connection.uri", "this is not a port"],
    ["sslmode prefer", {}, { PGSSLMODE: "prefer" }, "PGSSLMODE", "prefer is refused"],
    ["sslmode allow", { uri: "postgresql://h?sslmode=allow" }, {}, "connection.uri", "allow is refused"],
    ["an unknown sslmode", {}, { PGSSLMODE: "on" }, "PGSSLMODE", "this is not an sslmode"],
    ["verify-ca with public authorities", { host: "h", sslmode: "verify-ca" }, {}, "connection.sslmode", "every server on the internet"],
    [
      "verify-ca with system",
      { host: "h", sslmode: "verify-ca" },
      { PGSSLROOTCERT: "system" },
      "PGSSLROOTCERT",
      "every server on the internet",
    ],
    ["a certificate without its key", { sslcert: "c" }, {}, "connection.sslcert", "sslkey is missing"],
    ["a key without its certificate", {}, { PGSSLKEY: "k" }, "PGSSLKEY", "sslcert is missing"],
    ["a service that decides the host", {}, { PGSERVICE: "prod" }, "PGSERVICE", "different servers"],
    ["an address beside the host", {}, { PGHOST: "h", PGHOSTADDR: "10.0.0.1" }, "PGHOSTADDR", "different servers"],
  ])("for %s", (_name, input, environment, where, reason) => {
    expect(problemsOf(input, environment)).toEqual([expect.objectContaining({ where, reason: expect.stringContaining(reason) })]);
  });

  it("for a user that nobody names", () => {
    const config = connectionSchema.parse({});
    expect(() => resolveConnection(config, {}, {}, undefined)).toThrow("connection.user: no user is named");
  });
  it("for a password in the URI, which the schema refuses too, and never repeats it", () => {
    const config = { ...connectionSchema.parse({}), uri: "postgresql://u:hunter2@h" };
    expect(() => resolveConnection(config, {}, {}, "alice")).toThrow("there is a password in this URI");
    expect(() => resolveConnection(config, {}, {}, "alice")).not.toThrow("hunter2");
  });
  it("for everything at once, under the name of its own part", () => {
    const config = connectionSchema.parse({ sslcert: "c" });
    const act = () => resolveConnection(config, { PGPORT: "x", PGSSLMODE: "prefer" }, {}, "alice", "drill.connection");
    for (const part of ["PGPORT", "PGSSLMODE", "drill.connection.sslcert"]) expect(act).toThrow(part);
  });
  it("not for PGSERVICE where the configuration names the host", () =>
    expect(resolve({ host: "h" }, { PGSERVICE: "prod", PGHOSTADDR: "x" }).host).toBe("h"));
});

describe("IAM database authentication", () => {
  const endpoint = "app.c9akciq32ab.eu-west-1.rds.amazonaws.com";
  const signed = { authentication: "rds-iam" } as const;

  it("of an RDS endpoint needs no other setting: Region, verify-full and authorities follow from its name", () =>
    expect(resolve({ ...signed, host: endpoint, user: "pgkeep" })).toEqual({
      host: endpoint,
      port: 5432,
      user: "pgkeep",
      rdsIam: { region: "eu-west-1" },
      sslMode: "verify-full",
      sslRootCertificate: "rds",
      maintenanceDatabase: "postgres",
      connectTimeoutSeconds: 10,
    }));

  it("takes the Region from its field, the endpoint's name, then the environment", () => {
    const environment = { AWS_REGION: "us-east-1", AWS_DEFAULT_REGION: "us-east-2" };
    const regionOf = (input: object, surroundings = {}) => resolve({ ...signed, ...input }, surroundings).rdsIam?.region;
    expect(regionOf({ host: "db.example.org", awsRegion: "eu-north-1" }, environment)).toBe("eu-north-1");
    expect(regionOf({ host: endpoint }, environment)).toBe("eu-west-1");
    expect(regionOf({ host: "db.example.org" }, environment)).toBe("us-east-1");
    expect(regionOf({ host: "db.example.org" }, { AWS_REGION: "", AWS_DEFAULT_REGION: "us-east-2" })).toBe("us-east-2");
  });

  it("never falls back to a password that is set for other programs", () => {
    const resolved = resolve({ ...signed, host: endpoint }, { PGPASSWORD: "hunter2" }, { pgpass: "*:*:*:*:hunter2" });
    expect(resolved).not.toHaveProperty("password");
    expect(resolve({ host: endpoint }, { PGPASSWORD: "hunter2" })).not.toHaveProperty("rdsIam");
  });

  test.each<[string, object, string]>([
    ["without TLS", { host: endpoint, sslmode: "disable" }, "connection.sslmode"],
    ["without verification", { host: endpoint, sslmode: "require" }, "whoever catches it is let in"],
    ["with verify-ca and authorities of every customer", { host: endpoint, sslmode: "verify-ca" }, "every customer's database would pass"],
    ["to a loopback address, which has no TLS by default", { host: "localhost", awsRegion: "eu-west-1" }, "connection.sslmode"],
    ["over a socket", { host: "/tmp" }, "a Unix socket is neither"],
    ["without a Region", { host: "db.example.org" }, "set AWS_REGION"],
    ["of another Region than the endpoint's", { host: endpoint, awsRegion: "us-east-1" }, "is in eu-west-1"],
  ])("is refused %s", (_, input, part) => expect(() => resolve({ ...signed, ...input })).toThrow(part));

  it("is refused with AWS_REGION that is no Region", () =>
    expect(() => resolve({ ...signed, host: "db.example.org" }, { AWS_REGION: "Ireland" })).toThrow("AWS_REGION"));

  test.each<[string, object, string]>([
    ["a password file", { ...signed, passwordFile: "/p" }, "passwordFile"],
    ["a Region for passwords", { awsRegion: "eu-west-1" }, "awsRegion"],
    ["what is no Region", { ...signed, awsRegion: "Ireland" }, "awsRegion"],
  ])("is refused with %s", (_, input, field) =>
    expect(connectionSchema.safeParse(input).error?.issues.map(({ path }) => path.join("."))).toEqual([field]),
  );
});

test.each([
  ["an RDS endpoint by those of RDS", { host: "a.b.eu-west-1.rds.amazonaws.com" }, {}, "rds"],
  ["one in China too", { host: "a.b.rds.cn-north-1.amazonaws.com.cn" }, {}, "rds"],
  ["any other by the system's", { host: "db.example.org" }, {}, "system"],
  ["whatever PGSSLROOTCERT says", { host: "a.b.eu-west-1.rds.amazonaws.com" }, { PGSSLROOTCERT: "/ca.pem" }, "/ca.pem"],
  ["or the field", { host: "db.example.org", sslrootcert: "rds" }, { PGSSLROOTCERT: "/ca.pem" }, "rds"],
])("authorities: %s", (_, input, environment, expected) => expect(resolve(input, environment).sslRootCertificate).toBe(expected));
