import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type { PreDeployBackupArgs } from "./PreDeployBackupArgs.js";
import { preDeployBackupProblems } from "./preDeployBackupProblems.js";

const CONFIGURATION = {
  version: 1,
  cluster: "shop",
  connection: { host: "db.shop.svc", user: "dump" },
  databases: ["core"],
  store: { url: "s3://backups" },
};
const configured = (changes: object) => ({ configuration: JSON.stringify({ ...CONFIGURATION, ...changes }) });
const connected = (changes: object) => configured({ connection: { ...CONFIGURATION.connection, ...changes } });
const secret = { name: "dump", key: "password" };
const digest = `sha256:${"0".repeat(64)}`;
const args: PreDeployBackupArgs = {
  namespace: "shop",
  deploymentKey: "v1.2.3",
  ...configured({}),
  passwordSecret: secret,
  image: `ghcr.io/pgkeep/agent@${digest}`,
};
const { passwordSecret: _, ...withoutPassword } = args;
const mounted = { sslrootcert: "/etc/pgkeep/authorities/ca.crt" };

describe("the arguments of a backup before a deployment", () => {
  it.each<[string, Partial<PreDeployBackupArgs>]>([
    ["as they are", {}],
    ["with authorities that are mounted", { ...connected(mounted), caSecret: secret }],
    ["with what is known later", { configuration: pulumi.output("x"), image: pulumi.output("y"), pinFor: pulumi.output("z") }],
    ["with a version", { application: { gitSha: "0123abc", branch: "main", images: { web: digest } } }],
    ["with a key that is an image", { deploymentKey: `ghcr.io/shop/web@${digest}` }],
    [
      "with signatures",
      { ...configured({ signing: { publicKeys: ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] } }), signingKeySecret: secret },
    ],
    ["with a short deadline", { deadline: "5m" }],
  ])("are good %s", (_case, changes) => {
    expect(preDeployBackupProblems("deploy", { ...args, ...changes })).toEqual([]);
  });

  it("are good with IAM and no password", () => {
    const iam = connected({ authentication: "rds-iam", host: "shop.abc.eu-central-1.rds.amazonaws.com" });
    expect(preDeployBackupProblems("deploy", { ...withoutPassword, ...iam })).toEqual([]);
    expect(preDeployBackupProblems("deploy", { ...args, ...iam })).toMatchObject([{ where: "passwordSecret" }]);
    expect(preDeployBackupProblems("deploy", withoutPassword)).toMatchObject([{ where: "passwordSecret" }]);
  });

  it.each<[string, object, string, RegExp]>([
    ["a name of 53 characters", { jobName: "a".repeat(53) }, "jobName", /53 characters/],
    ["a key with blanks", { deploymentKey: "a b" }, "deploymentKey", /characters/],
    ["a key that is known later", { deploymentKey: pulumi.output("a") }, "deploymentKey", /another type/],
    ["a configuration that is none", { configuration: "x: [" }, "configuration", /neither JSON nor YAML/],
    ["no databases", configured({ databases: [] }), "configuration.databases", /./],
    ["a password file", connected({ passwordFile: "/run/secrets/password" }), "configuration.connection.passwordFile", /names a file/],
    ["a key's file", configured({ signing: { privateKeyFile: "/k" } }), "configuration.signing.privateKeyFile", /names a file/],
    ["a work tree", configured({ application: { workTree: "/srv/shop" } }), "configuration.application.workTree", /names a file/],
    ["files", configured({ files: { root: "/srv/shop", paths: [".env"] } }), "configuration.files.root", /names a file/],
    ["authorities that nobody mounts", connected(mounted), "caSecret", /nothing puts there/],
    ["authorities that nobody believes", { caConfigMap: secret }, "caConfigMap", /would do nothing/],
    ["authorities twice", { ...connected(mounted), caSecret: secret, caConfigMap: secret }, "caConfigMap", /already/],
    [
      "signatures without a key",
      configured({ signing: { publicKeys: ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] } }),
      "signingKeySecret",
      /no key/,
    ],
    ["no commit", { application: { gitSha: "main" } }, "application.gitSha", /no.* git commit|not the name/],
    ["an image by a tag", { application: { images: { web: "web:1" } } }, "application.images.web", /tag/],
    ["a pin that is none", { pinFor: "1w" }, "pinFor", /pinned/],
    ["a wait that is none", { waitForOther: "long" }, "waitForOther", /no time/],
    ["a wait beyond the deadline", { waitForOther: "2h" }, "waitForOther", /while it waits/],
    [
      "little memory",
      { ...configured({ dump: { parallel: 4 } }), resources: { memoryLimit: "320Mi" } },
      "resources.memoryLimit",
      /4 databases/,
    ],
    ["a variable of its own", { environment: { PGKEEP_APPLICATION_SHA: "0123abc" } }, "environment.PGKEEP_APPLICATION_SHA", /itself/],
    ["an image of the agent by a tag", { image: "agent:1" }, "image", /tag/],
  ])("are refused with %s", (_case, changes, where, reason) => {
    const problems = preDeployBackupProblems("deploy", { ...args, ...changes } as PreDeployBackupArgs);
    expect(problems.map((one) => one.where)).toEqual([where]);
    expect(problems[0]?.reason).toMatch(reason);
  });
});
