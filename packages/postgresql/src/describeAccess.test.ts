import { expect, it } from "vitest";
import { smallest, twoDatabases } from "./access.fixture.js";
import { planAccess } from "./accessPlan.js";
import { describeAccess } from "./describeAccess.js";

const values = { databaseLimits: {}, loginLimits: {}, sslMode: "verify-full", dropOnDestroy: false, adopt: false };

it("says what stands and what goes, one sentence a line", () => {
  const plan = planAccess({
    ...twoDatabases,
    applications: [{ name: "syntho", databases: ["syntho-core", "syntho-backend"], alternateLogins: true, passwordGeneration: 2 }],
    readOnlyRoles: [{ name: "report", databases: ["syntho-core"], password: "given" }],
    restoreRole: {},
  });
  expect(describeAccess(plan, { ...values, databaseLimits: { "syntho-core": 50 }, loginLimits: { report: 1 } })).toBe(
    `destroy: databases, their data, roles and grants stay on the server
connections are made with sslmode verify-full
syntho-core: owned by syntho_owner, which cannot log in; everybody else (PUBLIC) is kept out
syntho-core: UTF8, the server's locale (at creation only); at most 50 connections; no extensions
syntho-backend: owned by syntho_owner, which cannot log in; everybody else (PUBLIC) is kept out
syntho-backend: UTF8, the server's locale (at creation only); no connection limit; no extensions
syntho_a (application): acts as syntho_owner in syntho-core, syntho-backend; owns nothing
syntho_a: password generated, generation 1, not given out; no connection limit
syntho_b (application): acts as syntho_owner in syntho-core, syntho-backend; owns nothing
syntho_b: password generated, generation 2; no connection limit
report (read-only): reads syntho-core, what is created later too; writes nothing
report: password given; at most 1 connection
pgkeep_dump (dump): reads everything on the server, writes nothing; as secret as a superuser
pgkeep_dump: password generated, generation 1; no connection limit
pgkeep_restore (restore): creates databases, may act as syntho_owner
pgkeep_restore: password generated, generation 1; no connection limit`,
  );
});

it("says first that a destroy drops data, and that a deployment adopts", () => {
  const database = { name: "core", locale: "C", encoding: "LATIN1", extensions: [{ name: "pgcrypto" }, { name: "vector" }] };
  const lines = describeAccess(planAccess({ ...smallest, databases: [database] }), { ...values, dropOnDestroy: true, adopt: true }).split(
    "\n",
  );
  expect(lines.slice(0, 2)).toEqual([
    "destroy: DROPS the databases with their data, and the roles",
    "adopts databases and roles that exist: none is created, none is changed",
  ]);
  expect(lines[4]).toBe("core: LATIN1, locale C (at creation only); no connection limit; extensions pgcrypto, vector");
});
