import { expect, it } from "vitest";
import { facts } from "./preflight.fixture.js";
import { settingObstacle } from "./settingObstacle.js";

const none = new Map<string, string>();
const rds = { extensions: null, withheld: new Set<"superuser">(), byIam: false };
const master = { name: "master", managedAdministrator: "rds_superuser" };

it("a setting of Amazon RDS means nothing elsewhere, whoever restores, and is judged by the server on RDS", () => {
  const setting = { name: "rds.force_autovacuum_logging_level" };
  expect(settingObstacle(setting, facts({ role: { superuser: true } }), none)).toMatchObject({ meaningless: true });
  expect(settingObstacle(setting, facts({ role: master, rds }), none)).toBeUndefined();
  expect(settingObstacle(setting, facts({ role: master, rds }), none, new Map([[setting.name, "permission denied"]]))).toMatchObject({
    reason: expect.stringMatching(/although it is a member of rds_superuser: permission denied/),
  });
});

it("a setting that somebody named like one of RDS's and that the server knows is his own", () => {
  const settings = new Map([["rds.own", { context: "user", maySet: true }]]);
  expect(settingObstacle({ name: "rds.own" }, facts({ settings }), none)).toBeUndefined();
});

it.each([
  ["work_mem", undefined],
  ["log_statement", "restore as a superuser"],
  ["no_such_setting", "look for its successor in the release notes"],
])("of %s an ordinary role is told %s", (name, next) => expect(settingObstacle({ name }, facts(), none)?.next).toBe(next));
