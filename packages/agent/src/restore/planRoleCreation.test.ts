import type { GlobalsRecord, RoleRecord } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { planRoleCreation } from "./planRoleCreation.js";
import { entry, facts } from "./preflight.fixture.js";
import { referencedRoles, rolesOfProperties } from "./referencedRoles.js";

const role = (name: string, changes: Partial<RoleRecord> = {}): RoleRecord => ({
  name,
  superuser: false,
  inherit: true,
  createRole: false,
  createDatabase: false,
  login: false,
  replication: false,
  bypassRls: false,
  connectionLimit: -1,
  validUntil: null,
  comment: null,
  hasPassword: null,
  ...changes,
});
const globals: GlobalsRecord = {
  bootstrapSuperuser: "postgres",
  roles: [role("owner"), role("app", { login: true }), role("team"), role("admin", { superuser: true, login: true }), role("other")],
  memberships: [
    { role: "team", member: "app", grantor: "postgres", admin: false, inherit: null, set: null },
    { role: "owner", member: "stranger", grantor: "postgres", admin: false, inherit: null, set: null },
    { role: "pg_read_all_data", member: "app", grantor: "postgres", admin: false, inherit: null, set: null },
  ],
  settings: [
    { role: "app", database: null, name: "work_mem", value: "8MB" },
    { role: "owner", database: null, name: "work_mem", value: "9MB" },
    { role: null, database: null, name: "jit", value: "off" },
  ],
  tablespaces: [],
  parameterAcl: [{ parameter: "log_statement", acl: [{ grantee: "app", grantor: "postgres", privilege: "SET", grantable: false }] }],
};
const creator = facts({ role: { createRole: true } });
const superuser = facts({ role: { superuser: true } });

describe("creates", () => {
  it("what is referenced and missing, with the roles it is a member of, and touches no role that exists", () => {
    const plan = planRoleCreation(globals, new Set(["owner", "app"]), "referenced", creator, new Map());
    expect(plan.create).toEqual(["app", "team"]);
    expect(plan.withoutPassword).toEqual(["app"]);
    expect(plan.join).toEqual(["app"]);
    expect(plan.globals.memberships.map(({ role: of, member }) => `${member} in ${of}`)).toEqual([
      "app in team",
      "app in pg_read_all_data",
    ]);
    expect(plan.globals.settings).toEqual([globals.settings[0]]);
    expect(plan.memberships).toContainEqual({ role: "app", member: "restorer", inherit: true, set: true });
    expect(plan.problems).toEqual([]);
    expect(plan.notices).toEqual([expect.stringContaining("privileges on parameters are not restored")]);
  });

  it("all of the cluster's for a superuser, who joins none", () => {
    const plan = planRoleCreation(globals, new Set(["owner"]), "all", superuser, new Map([["app", "SCRAM-SHA-256$…"]]));
    expect(plan.create).toEqual(["app", "team", "admin", "other"]);
    expect(plan.withoutPassword).toEqual(["admin"]);
    expect(plan.join).toEqual([]);
    expect(plan.globals.parameterAcl).toHaveLength(1);
    expect(plan.notices).toEqual([expect.stringContaining("settings of every role of the cluster are not touched; they were jit = off")]);
  });
});

describe("refuses", () => {
  const reasons = (referenced: string[], target = creator) =>
    planRoleCreation(globals, new Set(referenced), "referenced", target, new Map()).problems.map(
      ({ exitCode, problem }) => `${exitCode} ${problem.reason}`,
    );

  it("what the role may not create", () => {
    expect(reasons(["app"], facts())).toEqual(["77 role restorer may not create the missing roles app, team"]);
    expect(reasons(["admin"])).toEqual(["77 role admin is missing and role restorer may not give it SUPERUSER"]);
    expect(reasons(["app"])).toEqual([]);
  });

  it("a role that is neither here nor in the recovery point", () => {
    expect(reasons(["ghost", "pg_monitor"])).toEqual([expect.stringContaining("exists neither at the target nor in the recovery point")]);
    expect(planRoleCreation(null, new Set(["owner", "ghost"]), "referenced", superuser, new Map()).problems).toHaveLength(1);
  });
});

describe("the roles that a restore names", () => {
  const entries = [
    entry("TABLE", "t", "", { owner: "Table Owner" }),
    entry(
      "ACL",
      "TABLE t",
      'REVOKE ALL ON TABLE public." TO x;" FROM "Table Owner";\nGRANT SELECT ON TABLE public.t TO reader WITH GRANT OPTION;\nGRANT ALL ON TABLE public.t TO PUBLIC;\nGRANT ALL ON TABLE public.t TO "we ""ird";\n',
      { owner: "grantor" },
    ),
    entry("DEFAULT ACL", "x", "ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA s GRANT SELECT ON TABLES TO b;", { owner: "a" }),
    entry("POLICY", "t p", "CREATE POLICY p ON public.t FOR SELECT TO one, \"Two 2\" USING ((x = 'TO three'::text));", { owner: "" }),
    entry("USER MAPPING", "USER MAPPING app SERVER s", "CREATE USER MAPPING FOR app SERVER s OPTIONS (password 'x');", { owner: "" }),
    entry("DATABASE", "x", "", { owner: "ignored" }),
  ];

  it("are owners, grantees and those of policies and user mappings", () => {
    expect([...referencedRoles(entries)].sort()).toEqual(
      ["Table Owner", "Two 2", "a", "app", "b", "grantor", "one", "reader", 'we "ird'].sort(),
    );
    expect([...referencedRoles(entries, { noOwner: true, noAcl: true })].sort()).toEqual(["Two 2", "app", "one"]);
  });

  it("are those of the database too", () => {
    const properties = {
      owner: "o",
      acl: [{ grantee: null, grantor: "g", privilege: "CONNECT", grantable: false }],
      settings: [{ role: "s", database: "d", name: "x", value: "y" }],
    };
    expect([...rolesOfProperties(properties as never)]).toEqual(["o", "g", "s"]);
    expect([...rolesOfProperties(properties as never, { noOwner: true, noAcl: true })]).toEqual([]);
  });
});

describe("around a managed service", () => {
  const rds = { ...facts().role, name: "master", createRole: true, managedAdministrator: "rds_superuser" };
  const withheld = new Set(["superuser", "replication", "bypassRls"] as const);
  const target = facts({
    role: rds,
    roles: ["rdsadmin", "rds_superuser", "rds_iam", "master"],
    rds: { extensions: null, withheld, byIam: true },
  });
  const ofRds: GlobalsRecord = {
    ...globals,
    bootstrapSuperuser: "rdsadmin",
    // As recovery points of earlier versions have them.
    roles: [role("rdsadmin", { superuser: true }), role("rds_iam"), role("rds_superuser"), role("app", { login: true })],
    memberships: [
      { role: "rds_iam", member: "app", grantor: "rds_superuser", admin: false, inherit: true, set: true },
      { role: "rds_superuser", member: "rds_iam", grantor: "rdsadmin", admin: false, inherit: true, set: true },
    ],
    settings: [],
    parameterAcl: [],
  };

  it("none of its roles comes into being elsewhere, and memberships in them are told", () => {
    const plan = planRoleCreation(ofRds, new Set(["app"]), "all", superuser, new Map());
    expect(plan.create).toEqual(["app"]);
    expect(plan.globals.memberships).toEqual([]);
    expect(plan.notices).toEqual([expect.stringMatching(/roles of the managed service .*: app in rds_iam$/)]);
    expect(plan.problems).toEqual([]);
  });

  it("a grant to one of them is a problem of its own", () => {
    const plan = planRoleCreation(ofRds, new Set(["rds_superuser", "app"]), "referenced", superuser, new Map());
    expect(plan.problems).toMatchObject([
      { problem: { where: "role rds_superuser", next: expect.stringContaining("CREATE ROLE rds_superuser NOLOGIN") } },
    ]);
  });

  it("the memberships come back where it runs the server", () => {
    const plan = planRoleCreation(ofRds, new Set(["app"]), "referenced", target, new Map());
    expect(plan.globals.memberships.map(({ role: of, member }) => `${member} in ${of}`)).toEqual(["app in rds_iam"]);
    expect(plan.notices).toEqual([]);
  });

  it("rds_iam does not come back where that would keep the restoring role from logging in with its password", () => {
    const byPassword = { ...target, rds: { extensions: null, withheld, byIam: false } };
    const plan = planRoleCreation(ofRds, new Set(["app"]), "referenced", byPassword, new Map());
    expect(plan.create).toEqual(["app"]);
    expect(plan.globals.memberships).toEqual([]);
    expect(plan.notices).toEqual([expect.stringMatching(/^rds_iam is not granted to app: master makes them/)]);
  });

  it("roles come without what it gives to nobody, and what stands in is told", () => {
    const own = {
      ...globals,
      roles: [role("boss", { superuser: true, login: true }), role("copier", { replication: true, bypassRls: true })],
    };
    const plan = planRoleCreation(own, new Set(["boss", "copier"]), "referenced", target, new Map());
    expect(plan.globals.roles).toMatchObject([
      { name: "boss", superuser: false, login: true },
      { name: "copier", replication: false, bypassRls: false },
    ]);
    expect(plan.problems).toEqual([]);
    expect(plan.notices.filter((notice) => notice.includes("is created without"))).toEqual([
      expect.stringContaining("boss is created without SUPERUSER, which Amazon RDS does not let master give; GRANT rds_superuser"),
      expect.stringContaining("copier is created without REPLICATION"),
      expect.stringContaining("copier is created without BYPASSRLS"),
    ]);
  });

  it("BYPASSRLS is given where the server lets it", () => {
    const lenient = {
      ...target,
      major: 16,
      role: { ...rds, bypassRls: true },
      rds: { extensions: null, withheld: new Set(["superuser"] as const), byIam: true },
    };
    const own = { ...globals, roles: [role("reader", { bypassRls: true })] };
    expect(planRoleCreation(own, new Set(["reader"]), "referenced", lenient, new Map()).globals.roles).toMatchObject([{ bypassRls: true }]);
  });
});
