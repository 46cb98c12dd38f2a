import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type { RestoreJobArgs } from "./RestoreJobArgs.js";
import { restoreJobProblems } from "./restoreJobProblems.js";

const configuration = JSON.stringify({ version: 1, cluster: "shop", databases: ["core", "jobs"], store: { url: "s3://backups" } });
const secret = { name: "restorer", key: "password" };
const args: RestoreJobArgs = {
  namespace: "shop",
  restoreId: "incident-42",
  recoveryPoint: "latest",
  configuration,
  target: { username: "restorer", passwordSecret: secret },
  image: `ghcr.io/pgkeep/agent@sha256:${"0".repeat(64)}`,
};
const core = { name: "core" };

describe("the arguments of a restore in Kubernetes", () => {
  it.each<[string, Partial<RestoreJobArgs>]>([
    ["as they are", {}],
    ["with an id", { recoveryPoint: "20261121T020000Z-4f9k2m1x" }],
    ["with what is known later", { recoveryPoint: pulumi.output("x"), configuration: pulumi.output("y"), image: pulumi.output("z") }],
    ["in place, confirmed", { inPlace: true, databases: [core], confirmReplace: ["core"] }],
    ["in place, of all, confirmed", { inPlace: true, confirmReplace: ["core", "jobs"] }],
    [
      "with a renamed database that is replaced",
      { databases: [{ name: "core", as: "copy" }], confirmReplace: ["copy"], dropReplaced: true },
    ],
    ["with a name of 52 characters", { jobName: "a".repeat(52) }],
    ["with IAM", { target: { username: "restorer", iamAuthentication: true } }],
  ])("are good %s", (_case, changes) => {
    expect(restoreJobProblems("restore", { ...args, ...changes })).toEqual([]);
  });

  it.each<[string, object, string, RegExp]>([
    ["a name of 53 characters", { jobName: "a".repeat(53) }, "jobName", /53 characters/],
    ["no restoreId", { restoreId: "" }, "restoreId", /empty/],
    ["a restoreId with a slash", { restoreId: "a/b" }, "restoreId", /called so/],
    ["a restoreId that is known later", { restoreId: pulumi.output("a") }, "restoreId", /another type/],
    ["no recovery point", { recoveryPoint: "newest" }, "recoveryPoint", /no recovery point/],
    ["a configuration that is none", { configuration: "[]" }, "configuration", /no settings/],
    [
      "a folder as the store",
      { configuration: configuration.replace("s3://backups", "file:///b") },
      "configuration.store.url",
      /gone with it/,
    ],
    ["nothing to sign in with", { target: { username: "restorer" } }, "target.passwordSecret", /missing/],
    ["two ways to sign in", { target: { ...args.target, iamAuthentication: true } }, "target.passwordSecret", /two ways/],
    ["no port", { target: { ...args.target, port: 0 } }, "target.port", /too small/],
    ["a database twice", { databases: [core, core] }, "databases[1].name", /twice/],
    ["two databases of one name", { databases: [core, { name: "jobs", as: "core" }] }, "databases[1].as", /already/],
    ["no databases", { databases: [] }, "databases", /empty/],
    ["a database with no name", { databases: [{ name: "" }] }, "databases[0].name", /called so/],
    ["a confirmation of another", { databases: [core], confirmReplace: ["jobs"] }, "confirmReplace[0]", /no database gets this name/],
    ["in place without a confirmation", { inPlace: true, databases: [core] }, "inPlace", /core holds is dropped/],
    ["in place of nobody knows what", { inPlace: true }, "inPlace", /a database holds is dropped/],
    ["dropping what is not replaced", { dropReplaced: true }, "dropReplaced", /no database is replaced/],
    ["dropping in place", { dropReplaced: true, inPlace: true, confirmReplace: ["core"] }, "dropReplaced", /in place/],
    ["a deadline that is none", { deadline: "8d" }, "deadline", /no time/],
    ["a deadline of half a second", { deadline: "1500ms" }, "deadline", /no time/],
    ["little memory", { resources: { memoryLimit: "128Mi" } }, "resources.memoryLimit", /137/],
    ["an image by a tag", { image: "agent:1" }, "image", /tag/],
    ["a variable of its own", { secrets: { PGKEEP_IDENTITY: secret } }, "secrets.PGKEEP_IDENTITY", /itself/],
    ["a secret as a variable", { environment: { PGKEEP_TARGET_PASSWORD: "hunter2" } }, "environment.PGKEEP_TARGET_PASSWORD", /reads/],
  ])("are refused with %s", (_case, changes, where, reason) => {
    const problems = restoreJobProblems("restore", { ...args, ...changes } as RestoreJobArgs);
    expect(problems.map((one) => one.where)).toEqual([where]);
    expect(problems[0]?.reason).toMatch(reason);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });
});
