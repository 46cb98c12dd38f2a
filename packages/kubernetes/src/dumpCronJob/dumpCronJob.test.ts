import { parseAgentConfig } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { endpointPort } from "../agentPod/agentNetworkPolicies.js";
import { knownResourceProblems } from "../agentPod/settleResources.js";
import type { DumpCronJobArgs } from "./DumpCronJobArgs.js";
import { configurationProblems, configurationTree, knownConfiguration } from "./dumpCronJobConfiguration.js";
import { dumpCronJobProblems, dumpMemoryNeed } from "./dumpCronJobProblems.js";

const digest = `@sha256:${"0".repeat(64)}`;
const args: DumpCronJobArgs = {
  namespace: "shop",
  cluster: "shop",
  databases: ["core", "backend"],
  server: { host: "shop-db.shop.svc", username: "pgkeep_dump", passwordSecret: { name: "shop-dump", key: "password" } },
  store: { url: "s3://shop-backups" },
  schedule: "0 2 * * *",
  image: `ghcr.io/pgkeep/agent${digest}`,
};
const { passwordSecret: _, ...withoutPassword } = args.server;
const proxy = { name: "proxy", image: `proxy${digest}` };
const authorities = { name: "ca", key: "ca.crt" };

describe("the arguments of a dump in Kubernetes", () => {
  it.each<[string, Partial<DumpCronJobArgs>]>([
    ["as they are", {}],
    ["with a login by IAM", { server: { ...withoutPassword, host: "shop.abc.eu-central-1.rds.amazonaws.com", iamAuthentication: true } }],
    ["without a password, where a proxy signs in", { server: { ...withoutPassword, host: "127.0.0.1" }, sidecars: [proxy] }],
    ["with an image by a tag, where that is allowed", { image: "pgkeep:test", allowImageTag: true }],
    ["with a name of 52 characters", { cronJobName: "a".repeat(52) }],
    ["with the least memory", { resources: { memoryLimit: "320Mi" } }],
    ["with the least memory for one database", { resources: { memoryLimit: "256Mi" }, dump: { parallel: 1 } }],
    ["with a deadline as long as the time between two slots", { schedule: "0 * * * *", deadline: "1h" }],
    ["with Azure", { store: { url: "azblob://backups", account: "shop" } }],
  ])("are good %s", (_case, changes) => {
    expect(dumpCronJobProblems("nightly", { ...args, ...changes })).toEqual([]);
  });

  it.each<[string, object, string, RegExp]>([
    ["a name of 53 characters", { cronJobName: "a".repeat(53) }, "cronJobName", /53 characters/],
    ["a name that is none", { cronJobName: "Nightly" }, "cronJobName", /no such name/],
    ["a namespace that is none", { namespace: "Shop" }, "namespace", /./],
    ["a cluster that can be no folder", { cluster: "Shop" }, "cluster", /cannot name a cluster/],
    ["no databases", { databases: [] }, "databases", /./],
    ["a database twice", { databases: ["core", "core"] }, "databases[1]", /each database once/],
    ["a folder as the store", { store: { url: "file:///srv" } }, "store.url", /gone with it/],
    ["a store that is none", { store: { url: "s3://Shop" } }, "store.url", /./],
    ["a secret in an address", { store: { url: "s3://backups", endpoint: "http://u:hunter2@minio:9000" } }, "store.endpoint", /refused/],
    ["a zone in the schedule", { schedule: "TZ=Europe/Berlin 0 2 * * *" }, "schedule", /time zone has no place/],
    ["a step that Kubernetes reads as hourly", { schedule: "*/61 * * * *" }, "schedule", /./],
    ["six fields", { schedule: "0 0 2 * * *" }, "schedule", /6 fields/],
    ["no time zone", { timeZone: "Berlin" }, "timeZone", /no such time zone/],
    ["a deadline beyond the next slot", { schedule: "0 * * * *", deadline: "61m" }, "deadline", /Forbid/],
    ["a deadline that is none", { deadline: "soon" }, "deadline", /no time that a run may take/],
    ["a start that is lost when the controller is busy", { startingDeadlineSeconds: 59 }, "startingDeadlineSeconds", /ten seconds/],
    ["a start behind the next slot", { schedule: "0 * * * *", startingDeadlineSeconds: 3601 }, "startingDeadlineSeconds", /next slot/],
    ["OnFailure beside the failure policy", { restartPolicy: "OnFailure" }, "restartPolicy", /always Never/],
    ["an image by a tag", { image: "ghcr.io/pgkeep/agent:1" }, "image", /tag may mean another image/],
    ["a sidecar by a tag", { sidecars: [{ ...proxy, image: "proxy:2" }] }, "sidecars[0].image", /tag/],
    ["a sidecar called as the agent", { sidecars: [{ ...proxy, name: "agent" }] }, "sidecars[0].name", /another container/],
    ["two sidecars of one name", { sidecars: [proxy, proxy] }, "sidecars[1].name", /another container/],
    ["less memory than two dumps need", { resources: { memoryLimit: "319Mi" } }, "resources.memoryLimit", /killed in its midst/],
    ["less memory than one dump needs", { resources: { memoryLimit: "255Mi" }, dump: { parallel: 1 } }, "resources.memoryLimit", /killed/],
    ["memory for two dumps, for eight", { dump: { parallel: 8 } }, "resources.memoryLimit", /8 databases/],
    ["thousandths of bytes", { resources: { memoryLimit: "512m" } }, "resources.memoryLimit", /no such amount/],
    ["a request above the limit", { resources: { memoryRequest: "1Gi" } }, "resources.memoryRequest", /above the limit/],
    ["storage above the limit", { resources: { ephemeralStorageRequest: "1Gi" } }, "resources.ephemeralStorageRequest", /above the limit/],
    ["no CPU", { resources: { cpuRequest: "0" } }, "resources.cpuRequest", /CPU/],
    ["no way to sign in", { server: withoutPassword }, "server.passwordSecret", /nothing says how/],
    ["two ways to sign in", { server: { ...args.server, iamAuthentication: true } }, "server.passwordSecret", /two ways/],
    ["a Region for nothing", { server: { ...args.server, awsRegion: "eu-central-1" } }, "server.awsRegion", /only iamAuthentication/],
    ["two authorities", { tls: { caSecret: authorities, caConfigMap: authorities } }, "tls.caConfigMap", /already/],
    ["authorities for nothing", { tls: { mode: "disable", caSecret: authorities } }, "tls.caSecret", /nobody's certificate/],
    ["encryption that may be turned off by others", { tls: { mode: "prefer" } }, "tls.mode", /./],
    ["verify-ca without an authority of one's own", { tls: { mode: "verify-ca" } }, "tls.mode", /./],
    ["a secret among the variables", { environment: { PGKEEP_WEBHOOK_URL: "hunter2" } }, "environment.PGKEEP_WEBHOOK_URL", /everybody/],
    ["the configuration by a variable", { environment: { PGKEEP_CONFIG_YAML: "{}" } }, "environment.PGKEEP_CONFIG_YAML", /itself/],
    ["the password by a variable", { secrets: { PGPASSWORD: authorities } }, "secrets.PGPASSWORD", /itself/],
    ["a variable twice", { environment: { A: "1" }, secrets: { A: authorities } }, "secrets.A", /as well/],
    ["a variable that is none", { environment: { "a-b": "1" } }, "environment.a-b", /no variable/],
    ["a Secret that is none", { server: { ...args.server, passwordSecret: { name: "A B", key: "k" } } }, "server.passwordSecret.name", /./],
    ["a key that is none", { server: { ...args.server, passwordSecret: { name: "a", key: "a/b" } } }, "server.passwordSecret.key", /key/],
    [
      "annotations of somebody else's account",
      { serviceAccountName: "a", serviceAccountAnnotations: {} },
      "serviceAccountAnnotations",
      /else/,
    ],
    ["a policy for Pods that are not named", { network: { allowInDatabase: true } }, "network.allowInDatabase", /which Pods/],
    ["every Pod as the database's", { network: { databasePods: { labels: {} } } }, "network.databasePods.labels", /every Pod/],
    [
      "an address and Pods",
      { network: { databasePods: { labels: { a: "b" } }, databaseCidr: "10.0.0.0/8" } },
      "network.databaseCidr",
      /named/,
    ],
    ["a range that is none", { network: { databaseCidr: "10.0.0.0/33" } }, "network.databaseCidr", /no range/],
    ["ranges without policies", { network: { policies: false, databaseCidr: "10.0.0.0/8" } }, "network.databaseCidr", /do nothing/],
    ["root", { userId: 0 }, "userId", /too small/],
    ["too many tries", { retries: 21 }, "retries", /too large/],
    ["an argument that is none", { concurrency: "Allow" }, "concurrency", /no such argument/],
  ])("are refused with %s", (_case, changes, where, reason) => {
    const problems = dumpCronJobProblems("nightly", { ...args, ...changes } as DumpCronJobArgs);
    expect(problems).toEqual([expect.objectContaining({ where, reason: expect.stringMatching(reason) })]);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });

  it("are told all together", () => {
    const wrong = { cluster: "Shop", schedule: "TZ=UTC 0 2 * * *", image: "agent", resources: { memoryLimit: "64Mi" } };
    expect(dumpCronJobProblems("N", { ...args, ...wrong }).map(({ where }) => where)).toEqual([
      "cronJobName",
      "image",
      "schedule",
      "resources.memoryLimit",
      "cluster",
    ]);
  });

  it("are judged as far as they are known", () => {
    const later = pulumi.output("later");
    const partly = { ...args, store: { url: later, account: "shop" }, databases: [later, "core", "core"], schedule: later };
    expect(dumpCronJobProblems("nightly", partly).map(({ where }) => where)).toEqual(["databases[1]"]);
  });
});

describe("the configuration of a dump in Kubernetes", () => {
  it("is one that the agent takes, and says what the arguments say", () => {
    const tree = configurationTree({ ...args, tls: { caSecret: authorities }, retention: { keepLast: 7, afterBackup: true } });
    expect(parseAgentConfig(tree)).toMatchObject({
      cluster: "shop",
      databases: ["core", "backend"],
      connection: { host: "shop-db.shop.svc", user: "pgkeep_dump", sslrootcert: "/etc/pgkeep/authorities/ca.crt" },
      retention: { keepLast: 7, afterBackup: true },
    });
    expect(configurationProblems(tree)).toEqual([]);
  });
  it("takes a retention that says nothing for a mistake", () => {
    expect(configurationProblems(knownConfiguration(configurationTree({ ...args, retention: {} })))).toEqual([
      expect.objectContaining({ where: "retention", reason: expect.stringContaining("names no rule") }),
    ]);
  });
});

describe("what is derived", () => {
  it.each([
    [undefined, 443],
    ["https://s3.example.org", 443],
    ["http://minio.storage.svc", 80],
    ["http://minio.storage.svc:9000", 9000],
  ])("from the endpoint %s is the port %i", (endpoint, port) => {
    expect(endpointPort(endpoint)).toBe(port);
  });
  it("leaves amounts that are no quantities to whoever judges them", () => {
    expect(
      knownResourceProblems(
        { memoryLimit: "much", memoryRequest: "1Gi", ephemeralStorageLimit: "1", ephemeralStorageRequest: "x" },
        dumpMemoryNeed(1),
      ),
    ).toEqual([]);
  });
});
