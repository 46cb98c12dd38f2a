import { describeProblem } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, test } from "vitest";
import { RestoreTestingAlgorithm, type RestoreTestingArgs } from "./RestoreTestingArgs.js";
import { restoreTestingPolicy } from "./restoreTestingPolicy.js";
import { restoreTestingProblems } from "./restoreTestingProblems.js";

const place = "eu-central-1:123456789012";
const vault = `arn:aws:backup:${place}:backup-vault:shop`;
const orders = `arn:aws:rds:${place}:db:orders`;
const image = `123456789012.dkr.ecr.eu-central-1.amazonaws.com/pgkeep@sha256:${"0123456789abcdef".repeat(4)}`;
const base: RestoreTestingArgs = {
  vaultArns: [vault],
  databaseArns: [orders],
  schedule: "0 4 * * SUN",
  network: { subnetIds: ["subnet-a", "subnet-b"], vpcId: "vpc-1" },
};
const validation = {
  cluster: "shop",
  databases: ["shop"],
  store: { url: "s3://shop-backups", drillPolicy: '{"Statement":[]}' },
  task: { image, network: { subnetIds: ["subnet-c"], vpcId: "vpc-1" } },
};
const args = (changes: object) => ({ ...base, ...changes }) as RestoreTestingArgs;
const told = (changes: object, name = "shop") => restoreTestingProblems(name, args(changes)).map(describeProblem);

describe("arguments that are right", () => {
  test.each<[string, object]>([
    ["a test without validation", {}],
    ["a test with one", { validation }],
    ["by tags", { databaseArns: undefined, databaseTags: { backup: "production" } }],
    ["of thirty databases in thirty vaults", { databaseArns: Array(30).fill(orders), vaultArns: Array(30).fill(vault) }],
    ["at the lower limits", { startWindowHours: 1, selectionWindowDays: 1, validationWindowHours: 1 }],
    ["at the upper limits", { startWindowHours: 168, selectionWindowDays: 365, validationWindowHours: 168 }],
    ["in groups that exist", { network: { subnetGroupName: "private", securityGroupId: "sg-1" }, validation }],
    [
      "a drill in a security group that exists",
      { validation: { ...validation, task: { image, network: { subnetIds: ["s"], securityGroupId: "sg-2" } } } },
    ],
    ["any recovery point", { algorithm: RestoreTestingAlgorithm.Random, includeContinuous: false }],
    ["a vault of copies, with the databases of the other Region", { databaseArns: ["arn:aws:rds:eu-west-1:123456789012:db:orders"] }],
    [
      "values that are not known yet",
      {
        schedule: pulumi.output("never"),
        startWindowHours: pulumi.output(0),
        vaultArns: [pulumi.output("later")],
        databaseArns: [pulumi.output("later")],
        validation: { ...validation, cluster: pulumi.output("Later!"), databases: pulumi.output([]) },
      },
    ],
  ])("%s", (_, changes) => expect(told(changes)).toEqual([]));
});

describe("arguments that are wrong are told with where, what, and why", () => {
  test.each<[string, object, string]>([
    ["no vault", { vaultArns: [] }, "vaultArns: restore testing takes at most 30 vaults\n  received: 0"],
    ["thirty-one vaults", { vaultArns: Array(31).fill(vault) }, "vaultArns: restore testing takes at most 30 vaults\n  received: 31"],
    ["no database", { databaseArns: [] }, "databaseArns: restore testing takes at most 30 databases of one selection"],
    ["thirty-one databases", { databaseArns: Array(31).fill(orders) }, "next:     declare a second RestoreTesting for the others"],
    [
      "thirty-one tags",
      { databaseArns: undefined, databaseTags: Object.fromEntries(Array.from({ length: 31 }, (_, index) => [`t${index}`, ""])) },
      "databaseTags: restore testing takes at most 30 tags",
    ],
    ["nothing to test", { databaseArns: undefined }, "databaseArns: this is missing: nothing says whose backups are tested"],
    ["both", { databaseTags: { a: "b" } }, "databaseTags: databaseArns is given, too"],
    [
      "a database of another account",
      { databaseArns: ["arn:aws:rds:eu-central-1:222222222222:db:orders"] },
      "databaseArns[0]: this database is of another account than the vaults",
    ],
    ["a vault of another Region", { region: "eu-west-1" }, "vaultArns[0]: restore testing works in one Region"],
    [
      "vaults of two Regions",
      { vaultArns: [vault, "arn:aws:backup:eu-west-1:123456789012:backup-vault:shop"] },
      "vaultArns[1]: restore testing works in one Region",
    ],
    ["a cluster", { databaseArns: [`arn:aws:rds:${place}:cluster:orders`] }, "databaseArns[0]: this is no ARN of an RDS instance"],
    ["no start window", { startWindowHours: 0 }, "startWindowHours: restore testing begins within 1 to 168 hours"],
    ["a start window of 169 hours", { startWindowHours: 169 }, "startWindowHours: restore testing begins within 1 to 168 hours"],
    ["no day to look back over", { selectionWindowDays: 0 }, "selectionWindowDays: restore testing looks back over 1 to 365 days"],
    ["366 days to look back over", { selectionWindowDays: 366 }, "selectionWindowDays: restore testing looks back over 1 to 365 days"],
    [
      "no hour to validate in",
      { validationWindowHours: 0 },
      "validationWindowHours: a restored instance is kept for validation for 1 to 168 hours",
    ],
    [
      "169 hours to validate in",
      { validationWindowHours: 169 },
      "validationWindowHours: a restored instance is kept for validation for 1 to 168 hours",
    ],
    ["a plan's name with a hyphen", { planName: "shop-tests" }, "planName: AWS Backup takes no such name (10 characters)"],
    ["a plan's name of 51 characters", { planName: "a".repeat(51) }, "planName: AWS Backup takes no such name (51 characters)"],
    ["a schedule of every quarter of an hour", { schedule: "*/15 * * * *" }, "schedule: AWS Backup runs a rule once an hour at most"],
    ["a time zone that there is not", { timeZone: "Berlin" }, "timeZone: there is no such time zone"],
    ["no network", { network: {} }, "network.subnetIds: this is missing: AWS Backup would restore into the default VPC"],
    [
      "no security group",
      { network: { subnetGroupName: "private" } },
      "network.vpcId: this is missing: RDS would take the default security group",
    ],
    [
      "two subnet groups",
      { network: { ...base.network, subnetGroupName: "private" } },
      "network.subnetGroupName: network.subnetIds is given, too",
    ],
    [
      "one subnet",
      { network: { ...base.network, subnetIds: ["subnet-a"] } },
      "network.subnetIds: RDS makes no subnet group of fewer than two zones",
    ],
    ["no class", { instanceClass: "t4g.medium" }, "instanceClass: this is no class of an RDS instance"],
    [
      "an image by its tag",
      { validation: { ...validation, task: { ...validation.task, image: "pgkeep:1" } } },
      "validation.task.image: this is no image by its digest, and a tag may mean",
    ],
    [
      "a database of the task's own",
      { validation: { ...validation, task: { image, network: { ...validation.task.network, databaseCidr: "10.0.0.0/8" } } } },
      "validation.task.network.databaseCidr: the database is the restored instance",
    ],
    [
      "the drill's own variables",
      { validation: { ...validation, task: { ...validation.task, environment: { PGKEEP_METRICS: "x" } } } },
      "validation.task.environment.PGKEEP_METRICS: the component gives this variable itself",
    ],
    [
      "a name of a cluster that the agent refuses",
      { validation: { ...validation, cluster: "Shop!" } },
      "validation.cluster: this cannot name a cluster",
    ],
    [
      "a store that is no bucket",
      { validation: { ...validation, store: { ...validation.store, url: "file:///srv" } } },
      "validation.store.url: a task on Fargate has no store but a bucket",
    ],
    [
      "no policy",
      { validation: { ...validation, store: { ...validation.store, drillPolicy: "{" } } },
      "validation.store.drillPolicy: this is no policy in JSON",
    ],
  ])("%s", (_, changes, expected) => expect(told(changes).join("\n")).toContain(expected));

  it("a component's name that is too long for a plan", () =>
    expect(told({}, "x".repeat(51)).join("\n")).toContain("next:     give planName"));
  it("hyphens in a component's name become underscores", () => expect(told({}, "shop-tests")).toEqual([]));
});

describe("the tests in words", () => {
  const lines = (changes: object) =>
    new Promise<string[]>((resolve) => restoreTestingPolicy("shop", args(changes)).apply((text) => resolve(text.split("\n"))));

  it("say what is proven, of what, where, and what it costs", async () =>
    expect((await lines({ validation })).filter((line) => !line.startsWith("drill: "))).toEqual([
      "each restored instance is read from end to end by pgkeep drill --physical, which tells AWS Backup what it found",
      "a test at 0 4 * * SUN (UTC), begins within 4 h; 7 days at most between two",
      "restores the newest recovery point of the last 30 days, snapshots and continuous backups",
      `from ${vault}`,
      `of ${orders}; one that has no such recovery point is left out without an error`,
      "restored into a subnet group of its own, without a public address, in one zone",
      "restored into a security group of its own, which lets in the drill alone",
      "restored as the class of the original, parameter group of RDS for the version",
      "a restored instance is deleted by AWS Backup after its validation, or after 12 h without one",
      "role of AWS Backup: an own one, which deletes test instances alone",
      "cost: each test bills AWS Backup's fee and an instance with all its storage, for up to 12 h",
    ]));

  it("say that without a validation a restore proves little", async () => {
    const told = await lines({
      algorithm: RestoreTestingAlgorithm.Random,
      includeContinuous: false,
      databaseArns: undefined,
      databaseTags: { a: "b" },
    });
    expect(told).toContain("NOT validated: a restore that ends counts as good, whatever is in it");
    expect(told).toContain("restores any recovery point of the last 30 days, snapshots alone");
    expect(told).toContain(
      "of each RDS instance whose newest recovery point has a=b; one that has no such recovery point is left out without an error",
    );
    expect(told).toContain("a restored instance is deleted by AWS Backup at once");
  });

  it("fit the engine's lines", async () => {
    for (const line of await lines({ validation, instanceClass: "db.t4g.medium" })) expect(line.length, line).toBeLessThanOrEqual(150);
  });
});
