import { describeProblem } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, test } from "vitest";
import { smallest, twoDatabases } from "./access.fixture.js";
import { accessProblems } from "./accessProblems.js";
import { ManagedService, type PostgresAccessArgs } from "./PostgresAccessArgs.js";

const problemsOf = (args: unknown) => accessProblems(args as PostgresAccessArgs).map(describeProblem);
const application = { name: "web", databases: ["core"] };

describe("what can be declared", () => {
  test.each<[string, PostgresAccessArgs]>([
    ["as little as possible", smallest],
    ["one owner and one login for two databases", twoDatabases],
    [
      "everything at once",
      {
        server: {
          host: "db",
          port: 5433,
          maxConnections: 1,
          managedService: ManagedService.Rds,
          clientRootCertificate: "/etc/rds.pem",
          maintenanceDatabase: "rdsmain",
        },
        admin: { username: "master", password: "x", superuser: false },
        databases: [
          {
            name: "core",
            owner: "o",
            encoding: "UTF8",
            locale: "C",
            connectionLimit: 262_143,
            extensions: [{ name: "pgcrypto", schema: "public", version: "1.3" }],
            schemas: ["public", "ledger"],
            environmentNames: { host: "DB_HOST" },
            helmPaths: { host: "db.host" },
          },
        ],
        applications: [{ ...application, alternateLogins: true, passwordGeneration: 7, connectionLimit: -1 }],
        readOnlyRoles: [{ name: "r", databases: ["core"], password: "p" }],
        dumpRole: { name: "d", password: "p" },
        restoreRole: { name: "s" },
        dropOnDestroy: true,
        adopt: true,
      },
    ],
    [
      "values that only the deployment knows",
      {
        ...smallest,
        server: { host: pulumi.output("db"), port: pulumi.output(5432) },
        admin: { username: pulumi.output("admin"), password: pulumi.secret("x") },
        databases: [{ name: "core", connectionLimit: pulumi.output(0) }],
        applications: [{ ...application, password: Promise.resolve("a\0b") }],
      },
    ],
    [
      "an extension that nobody knows, on a server of one's own",
      { ...smallest, databases: [{ name: "core", extensions: [{ name: "ours" }] }] },
    ],
    [
      "an extension that pgkeep does not know of, on a managed service that offers it",
      {
        ...smallest,
        server: { host: "db", managedService: ManagedService.Rds, availableExtensions: ["ours"] },
        databases: [{ name: "core", extensions: [{ name: "ours" }] }],
      },
    ],
  ])("%s", (_, args) => expect(problemsOf(args)).toEqual([]));
});

describe("what is refused, each with its place and its reason", () => {
  test.each<[string, unknown, string[]]>([
    [
      "two databases of one name",
      { ...smallest, databases: [{ name: "core" }, { name: "core" }] },
      ['databases[1].name: databases[0].name declares the same database\n  received: "core"'],
    ],
    [
      "two logins of one name",
      { ...smallest, applications: [application], readOnlyRoles: [application] },
      ['readOnlyRoles[0].name: applications[0].name declares the same login\n  received: "web"'],
    ],
    [
      "a login named as one of two alternating ones",
      { ...smallest, applications: [{ ...application, alternateLogins: true }], dumpRole: { name: "web_b" } },
      ["dumpRole.name: applications[0].name declares the same login"],
    ],
    [
      "a name of 64 bytes",
      { ...smallest, databases: [{ name: "ö".repeat(32), owner: "o" }] },
      ["databases[0].name: this has 64 bytes, and the server would cut it to 63"],
    ],
    [
      "a name to which the default owner's ending is too much",
      { ...smallest, databases: [{ name: "x".repeat(60) }] },
      [
        `databases[0].owner: this has 66 bytes, and the server would cut it to 63\n  received: "${"x".repeat(60)}_owner" (made from another name)`,
      ],
    ],
    [
      "a reserved role",
      { ...smallest, applications: [{ ...application, name: "pg_web" }] },
      ["applications[0].name: names that begin with pg_"],
    ],
    [
      "a reserved owner",
      { ...smallest, databases: [{ name: "core", owner: "public" }] },
      ["databases[0].owner: the server reserves this word"],
    ],
    [
      "the administrator",
      { ...smallest, applications: [{ ...application, name: "admin" }] },
      ["applications[0].name: this is the administrator"],
    ],
    [
      "the server's own database",
      { ...smallest, databases: [{ name: "postgres" }] },
      ["databases[0].name: every server has a database of this name"],
    ],
    [
      "an extension that the service lacks",
      {
        ...smallest,
        server: { host: "db", managedService: ManagedService.AzureFlexible },
        databases: [{ name: "core", extensions: [{ name: "pgcrypto" }, { name: "plperl" }] }],
      },
      ['databases[0].extensions[1].name: azure-flexible does not offer this extension\n  received: "plperl"\n  allowed:  one of the '],
    ],
    [
      "an extension beyond the server's own list",
      {
        ...smallest,
        server: { host: "db", availableExtensions: ["pgcrypto"] },
        databases: [{ name: "core", extensions: [{ name: "vector" }] }],
      },
      ["databases[0].extensions[0].name: server.availableExtensions does not name it"],
    ],
    [
      "an extension twice",
      { ...smallest, databases: [{ name: "core", extensions: [{ name: "vector" }, { name: "vector" }] }] },
      ["databases[0].extensions[1].name: this extension is listed twice"],
    ],
    [
      "a password with a NUL",
      { ...smallest, applications: [{ ...application, password: "top\0secret" }] },
      ["applications[0].password: this holds a NUL, which PostgreSQL cannot store\n  received: (not shown: it is a secret)"],
    ],
    [
      "a password beside alternating logins",
      { ...smallest, applications: [{ ...application, alternateLogins: true, password: "topsecret" }] },
      ["applications[0].password: two alternating logins have a password each"],
    ],
    [
      "two owners",
      { ...smallest, databases: [{ name: "a" }, { name: "b" }], applications: [{ name: "web", databases: ["a", "b"] }] },
      [
        "applications[0].databases: these databases have two owners, and a login acts as one role when it connects\n  received: a (owner a_owner), b (owner b_owner)",
      ],
    ],
    [
      "an owner who is also a login",
      { ...smallest, databases: [{ name: "core", owner: "web" }], applications: [application] },
      ["databases[0].owner: applications[0].name is a login of this name, and an owner cannot log in"],
    ],
    [
      "a former owner of two databases, whose databases the server would hand over together",
      {
        ...smallest,
        databases: [
          { name: "a", owner: "new", formerOwner: "old" },
          { name: "b", owner: "old" },
        ],
      },
      [
        'databases[0].formerOwner: b belongs to it too, and PostgreSQL would hand that database over as well, yet not what is in it\n  received: "old"\n  allowed:  a former owner of this database alone\n  next:     leave formerOwner out and deploy, then run in each database that changes hands, as the administrator: REASSIGN OWNED BY "old" TO "new"',
      ],
    ],
    [
      "a database that is not declared",
      { ...smallest, readOnlyRoles: [{ name: "r", databases: ["cor", "core", "core"] }] },
      [
        'readOnlyRoles[0].databases[0]: no database of this name is declared\n  received: "cor"\n  allowed:  core',
        "readOnlyRoles[0].databases[2]: this database is listed twice",
      ],
    ],
    [
      "limits that let nobody in, or are none",
      { ...smallest, databases: [{ name: "core", connectionLimit: 0 }], applications: [{ ...application, connectionLimit: -2 }] },
      [
        "databases[0].connectionLimit: this is no limit of connections: with 0 nobody gets in, the dump neither\n  received: 0\n  allowed:  -1 for no limit, or a whole number from 1 to 262143",
        "applications[0].connectionLimit: this is no limit of connections",
      ],
    ],
    [
      "numbers out of range",
      { ...smallest, server: { host: "db", port: 70_000, maxConnections: 0 } },
      [
        "server.port: this is too large\n  received: 70000\n  allowed:  at most 65535",
        "server.maxConnections: this is too small\n  received: 0\n  allowed:  1 or more",
      ],
    ],
    [
      "a mode that is none",
      { ...smallest, server: { host: "db", sslMode: "prefer" } },
      [
        'server.sslMode: this is not one of the values there are\n  received: "prefer"\n  allowed:  disable, require, verify-ca, verify-full',
      ],
    ],
    ["no host", { ...smallest, server: {} }, ["server.host: this is missing"]],
    ["no databases", { ...smallest, databases: [] }, ["databases: this list is empty\n  allowed:  at least one entry"]],
    ["an argument that there is not", { ...smallest, dropOnDestory: true }, ["dropOnDestory: there is no such argument"]],
    [
      "paths of a chart that lie one inside the other",
      { ...smallest, databases: [{ name: "core", helmPaths: { host: "db", port: "db.port" } }] },
      ["databases[0].helmPaths: db and db.port lie one inside the other"],
    ],
    [
      "a variable named twice",
      { ...smallest, databases: [{ name: "core", environmentNames: { host: "DB", port: "DB" } }] },
      ["databases[0].environmentNames: DB is named twice"],
    ],
  ])("%s", (_, args, expected) => {
    const problems = problemsOf(args);
    expect(problems).toHaveLength(expected.length);
    for (const [index, text] of expected.entries()) expect(problems[index]).toContain(text);
  });

  it("tells everything at once, and no secret", () => {
    const text = problemsOf({
      ...smallest,
      databases: [{ name: "core", owner: "web" }, { name: "core" }],
      applications: [{ ...application, name: "web", password: "hunter2\0" }],
      dumpRole: { name: "pg_dump" },
    }).join("\n");
    for (const place of ["databases[1].name", "databases[0].owner", "applications[0].password", "dumpRole.name"])
      expect(text).toContain(`${place}: `);
    expect(text).not.toContain("hunter2");
  });
});
