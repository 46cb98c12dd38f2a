import { parseAgentConfig } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { drillConfiguration } from "./drillConfiguration.js";
import { drillProblems } from "./drillProblems.js";
import { KubernetesDrillScratch, type KubernetesRestoreDrillArgs } from "./KubernetesRestoreDrillArgs.js";

const digest = `@sha256:${"0".repeat(64)}`;
const config = { version: 1, cluster: "shop", databases: ["core"], store: { url: "s3://shop-backups" } } as const;
const recipients = ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"];
const encrypted = JSON.stringify({ ...config, encryption: { recipients } });
const identities = { name: "shop-identity", key: "identity.txt" };
const scratchServer = { image: `postgres${digest}` };
const args: KubernetesRestoreDrillArgs = {
  namespace: "shop",
  configuration: JSON.stringify(config),
  schedule: "0 6 * * SUN",
  image: `ghcr.io/pgkeep/agent${digest}`,
  major: 15,
  scratchServer,
  scratchVolume: { size: "50Gi" },
};
const { scratchServer: _, ...withoutServer } = args;
const { scratchVolume: __, major: ___, ...bare } = withoutServer;
const connection = { host: "scratch.shop.svc", username: "postgres", passwordSecret: identities };
const given = { ...bare, scratch: KubernetesDrillScratch.Given, scratchConnection: connection };
const inAgent = { ...withoutServer, scratch: KubernetesDrillScratch.Agent };
const settings = (name: string) => ({ scratchServer: { ...scratchServer, settings: { [name]: "x" } } });

describe("the arguments of a drill in Kubernetes", () => {
  it.each<[string, KubernetesRestoreDrillArgs]>([
    ["as they are", args],
    ["with an identity for what is encrypted", { ...args, configuration: encrypted, identitySecret: identities }],
    ["with an identity by a variable", { ...args, configuration: encrypted, secrets: { PGKEEP_IDENTITY: identities } }],
    [
      "with the configuration as YAML",
      { ...args, configuration: "version: 1\ncluster: a\ndatabases: [b]\nstore: { url: s3://shop-backups }" },
    ],
    ["with the agent's own server", inAgent],
    ["with its least memory", { ...inAgent, resources: { memoryLimit: "640Mi" } }],
    [
      "with a given server",
      { ...given, tls: { mode: "verify-ca", caSecret: identities }, network: { databaseCidr: "10.0.0.0/8" } } as never,
    ],
    ["with a preloaded library", { ...args, ...settings("shared_preload_libraries") }],
    ["with a setting of an extension", { ...args, ...settings("timescaledb.license") }],
    ["of one recovery point", { ...args, recoveryPoint: "20261121T062652Z-3nsjr99d" }],
  ])("are good %s", (_case, good) => {
    expect(drillProblems("weekly", good)).toEqual([]);
  });

  it.each<[string, object, string, RegExp]>([
    ["a name of 53 characters", { cronJobName: "a".repeat(53) }, "cronJobName", /53 characters/],
    ["a zone in the schedule", { schedule: "TZ=Europe/Berlin 0 2 * * *" }, "schedule", /time zone has no place/],
    ["a deadline beyond the next slot", { schedule: "0 * * * *", deadline: "61m" }, "deadline", /Forbid/],
    ["Jobs that are kept for ever", { keepFinished: "8d" }, "keepFinished", /no time/],
    ["an image by a tag", { image: "ghcr.io/pgkeep/agent:1" }, "image", /tag/],
    ["a server's image by a tag", { scratchServer: { image: "postgres:15" } }, "scratchServer.image", /tag/],
    ["PostgreSQL 13", { major: 13 }, "major", /does not know/],
    ["PostgreSQL 19", { major: 19 }, "major", /does not know/],
    ["half a version", { major: 15.4 }, "major", /another type/],
    ["a size that is none", { scratchVolume: { size: "50 GB" } }, "scratchVolume.size", /no such amount/],
    ["a StorageClass that is none", { scratchVolume: { size: "5Gi", storageClassName: "Fast" } }, "scratchVolume.storageClassName", /./],
    ["root", { scratchServer: { ...scratchServer, userId: 0 } }, "scratchServer.userId", /too small/],
    ["too little memory of the server", { scratchServer: { ...scratchServer, memory: "383Mi" } }, "scratchServer.memory", /killed/],
    ["too little memory", { resources: { memoryLimit: "255Mi" } }, "resources.memoryLimit", /a drill would be killed/],
    ["a server that listens", settings("listen_addresses"), "scratchServer.settings.listen_addresses", /keep restored code in/],
    ["a setting that is none", settings("a b"), "scratchServer.settings.a b", /no setting/],
    ["another recovery point", { recoveryPoint: "newest" }, "recoveryPoint", /no recovery point/],
    ["nothing to open what is encrypted", { configuration: encrypted }, "identitySecret", /encrypted to 1 age key/],
    [
      "a folder as the store",
      { configuration: encrypted.replace("s3://shop-backups", "file:///srv") },
      "configuration.store.url",
      /gone with it/,
    ],
    ["a configuration that is none", { configuration: "shop" }, "configuration", /no settings/],
    ["a given server beside the sidecar", { scratchConnection: connection }, "scratchConnection", /would do nothing/],
    ["authorities for a socket", { tls: { caSecret: identities } }, "tls", /would do nothing/],
    ["a database's Pods", { network: { databasePods: { labels: { a: "b" } } } }, "network.databasePods", /in the Pod/],
    [
      "a secret among the variables",
      { environment: { AWS_SECRET_ACCESS_KEY: "hunter2" } },
      "environment.AWS_SECRET_ACCESS_KEY",
      /everybody/,
    ],
    ["sidecars", { sidecars: [] }, "sidecars", /no such argument/],
    ["no such scratch", { scratch: "vm" }, "scratch", /not one of/],
  ])("are refused with %s", (_case, changes, where, reason) => {
    const problems = drillProblems("weekly", { ...args, ...changes } as KubernetesRestoreDrillArgs);
    expect(problems).toEqual([expect.objectContaining({ where, reason: expect.stringMatching(reason) })]);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });

  it.each<[string, KubernetesRestoreDrillArgs, string[]]>([
    ["a sidecar", bare, ["major", "scratchServer", "scratchVolume"]],
    ["the agent's own server", { ...bare, scratch: KubernetesDrillScratch.Agent }, ["major", "scratchVolume"]],
    ["a given server", { ...bare, scratch: KubernetesDrillScratch.Given }, ["scratchConnection"]],
    [
      "a given server, with what others need",
      { ...given, scratchServer, scratchVolume: { size: "5Gi" } },
      ["scratchServer", "scratchVolume"],
    ],
    ["the agent's own server in too little", { ...inAgent, resources: { memoryLimit: "639Mi" } }, ["resources.memoryLimit"]],
  ])("are refused with %s where they do not fit", (_case, wrong, where) => {
    expect(drillProblems("weekly", wrong).map((problem) => problem.where)).toEqual(where);
  });

  it("are judged as far as they are known", () => {
    const later = pulumi.output("later");
    const partly = {
      ...args,
      configuration: later,
      schedule: later,
      scratchServer: { image: later },
      major: later,
      scratchVolume: { size: later },
    };
    expect(drillProblems("weekly", { ...partly, recoveryPoint: "x" } as never).map(({ where }) => where)).toEqual(["recoveryPoint"]);
  });
});

it("the configuration of a drill is the backup's, without what is on another machine", () => {
  const backup = { ...config, encryption: { recipients, identityFile: "keys/identity.txt" }, drill: { workFolder: "/elsewhere" } };
  const connectionOfSocket = { host: "/scratch/socket", user: "postgres", sslmode: "disable" as const };
  const drill = drillConfiguration({ ...backup, databases: ["core"] }, { connection: connectionOfSocket, disposable: true, major: 15 });
  expect(parseAgentConfig(drill)).toMatchObject({ drill: { connection: { host: "/scratch/socket" }, disposable: true, major: 15 } });
  expect(JSON.stringify(drill)).not.toMatch(/identity|elsewhere/);
});
