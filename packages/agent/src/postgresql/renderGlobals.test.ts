import type { GlobalsRecord, MembershipRecord, RoleRecord } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { grantorsFirst, renderGlobals } from "./renderGlobals.js";

const role = (name: string, rest: Partial<RoleRecord> = {}): RoleRecord => ({
  name,
  superuser: false,
  inherit: true,
  createRole: false,
  createDatabase: false,
  login: true,
  replication: false,
  bypassRls: false,
  connectionLimit: -1,
  validUntil: null,
  comment: null,
  hasPassword: true,
  ...rest,
});
const globals = (rest: Partial<GlobalsRecord>): GlobalsRecord => ({
  bootstrapSuperuser: "postgres",
  roles: [],
  memberships: [],
  settings: [],
  tablespaces: [],
  parameterAcl: [],
  ...rest,
});
const membership = (text: string, admin = false): MembershipRecord => {
  const [name = "", member = "", grantor = ""] = text.split(" ");
  return { role: name, member, grantor, admin, inherit: true, set: true };
};

describe("roles as SQL", () => {
  it("say which are left without a password, and hold no verifier but those given", () => {
    const roles = [role("a"), role("b", { hasPassword: false }), role("c", { login: false }), role("d", { hasPassword: null }), role("e")];
    const sql = renderGlobals(globals({ roles }), new Map([["e", "SCRAM-SHA-256$x"]]));
    expect([...sql.matchAll(/^-- Role (.*): its password was not saved/gm)].map(([, name]) => name)).toEqual(["a", "d"]);
    expect(sql.match(/PASSWORD/g)).toHaveLength(1);
    expect(sql).toContain(`CREATE ROLE "e" WITH LOGIN PASSWORD 'SCRAM-SHA-256$x';`);
  });

  it("cannot be broken out of by a name, a comment or a value", () => {
    const evil = "x\n\\! touch /tmp/evil\r\\! touch\n$pgkeep$ $pgkeep1$; END; DROP ROLE y; --";
    const sql = renderGlobals(
      globals({
        roles: [role(evil, { comment: evil })],
        memberships: [{ ...membership("a b c"), role: evil }],
        settings: [
          { role: evil, database: null, name: evil, value: evil },
          { role: null, database: null, name: evil, value: evil },
        ],
        tablespaces: [{ name: evil, owner: evil, location: evil, options: [`${evil}=${evil}`], acl: null, comment: evil }],
        parameterAcl: [{ parameter: evil, acl: [{ grantee: evil, grantor: evil, privilege: "SET", grantable: false }] }],
      }),
      new Map([[evil, evil]]),
    );
    // What is left when quoted text and comments are taken away, as the lexers of psql and the server do it.
    const bare = sql.replace(/(\$pgkeep\d*\$)[\s\S]*?\1|E'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n\r]*/g, "");
    expect(bare).not.toMatch(/evil|touch|DROP|END/);
    expect(sql.match(/DO \$pgkeep2\$/g)).toHaveLength(3);
  });

  it("concern only those that are wanted", () => {
    const record = globals({
      roles: [role("a"), role("b"), role("c")],
      memberships: [
        membership("a b postgres"),
        membership("pg_monitor a postgres"),
        membership("c b postgres"),
        membership("b pg_monitor postgres"),
      ],
      settings: [
        { role: "a", database: null, name: "work_mem", value: "1MB" },
        { role: "c", database: null, name: "work_mem", value: "2MB" },
        { role: null, database: null, name: "work_mem", value: "3MB" },
      ],
      parameterAcl: [
        { parameter: "p", acl: [{ grantee: "c", grantor: "postgres", privilege: "SET", grantable: false }] },
        { parameter: "q", acl: [{ grantee: "a", grantor: "postgres", privilege: "SET", grantable: false }] },
      ],
    });
    const sql = renderGlobals(record, new Map(), { only: new Set(["a", "b"]) });
    expect(sql).not.toMatch(/"c"|'c'|2MB|3MB|"p"/);
    expect(sql.match(/^ {4}\(\d, /gm)).toHaveLength(3);
    expect(sql).toContain('GRANT SET ON PARAMETER "q" TO "a";');
    expect(renderGlobals(record, new Map(), { parameters: false })).not.toMatch(/PARAMETER/);
  });
});

describe("memberships", () => {
  const texts = (memberships: MembershipRecord[]) => memberships.map(({ role: name, member, grantor }) => `${name} ${member} ${grantor}`);

  it("come after the grant that lets their grantor grant", () => {
    const memberships = [membership("r c b", true), membership("r d c"), membership("r b postgres", true), membership("s x postgres")];
    expect(texts(grantorsFirst(memberships))).toEqual(["r b postgres", "s x postgres", "r c b", "r d c"]);
  });

  it("are all there even if nothing explains a grantor, or grantors are in a circle", () => {
    expect(texts(grantorsFirst([membership("r a b", true), membership("r b a", true), membership("r c gone")]))).toEqual([
      "r c gone",
      "r a b",
      "r b a",
    ]);
  });
});

it("memberships in a managed service's roles are only for where they exist, and by whom it says", () => {
  const memberships = [membership("rds_iam app rds_superuser"), membership("owner app postgres")];
  const sql = renderGlobals(globals({ bootstrapSuperuser: "rdsadmin", roles: [role("app"), role("owner")], memberships }));
  expect(sql).toContain("-- Those in rds_iam, which belong to the managed service, only where it runs the server");
  expect(sql).toContain("CONTINUE WHEN role_oid IS NULL AND wanted.role_name IN ('rds_iam');");
  expect(sql).toMatch(/\(\d, 'rds_iam', 'app', NULL, /);
  expect(sql).toContain("RAISE WARNING 'rds_iam is not granted to %:");
  const byAgent = renderGlobals(globals({ bootstrapSuperuser: "rdsadmin", roles: [role("app")], memberships }), new Map(), {
    rdsIam: true,
  });
  expect(byAgent).not.toContain("RAISE WARNING");
  expect(renderGlobals(globals({ roles: [role("app"), role("rds_iam")], memberships }))).not.toContain("managed service");
});
