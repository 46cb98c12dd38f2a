import { setTimeout as passing } from "node:timers/promises";
import {
  AddTagsToResourceCommand,
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  paginateDescribeDBSnapshots,
  RDSClient,
} from "@aws-sdk/client-rds";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AnyS3, startMoto } from "../support/motoServer.js";
import { type Refusal, startRefusingProxy } from "../support/refusingProxy.js";
import { Project } from "./Project.js";
import { runHere } from "./runHere.js";

const TAG = "pgkeep:pre-deploy";
const missing = process.env.PGKEEP_MOTO === undefined;

describe.skipIf(missing)("pruning of RDS snapshots on moto", () => {
  let server: AnyS3;
  let project: Project;
  let rds: RDSClient;
  /** One for each test: what the former test left is in another. */
  let region: string;
  const regions = [
    "eu-central-1",
    "eu-west-1",
    "us-east-1",
    "ap-southeast-2",
    "us-west-2",
    "sa-east-1",
    "ca-central-1",
    "eu-north-1",
    "eu-west-2",
    "us-east-2",
  ].values();

  const snapshot = async (instance: string, id: string, tag: string | null = "orders") => {
    const Tags = tag === null ? [] : [{ Key: TAG, Value: tag }];
    await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: instance, DBSnapshotIdentifier: id, Tags }));
    // Their times tell them apart, in milliseconds.
    await passing(5);
  };
  const left = async (SnapshotType = "manual") => {
    const found: string[] = [];
    for await (const { DBSnapshots = [] } of paginateDescribeDBSnapshots({ client: rds }, { SnapshotType })) {
      found.push(...DBSnapshots.map(({ DBSnapshotIdentifier = "" }) => DBSnapshotIdentifier));
    }
    return found.sort();
  };
  const prune = (...words: string[]) => runHere(project, ["snapshot", "prune", "--rds", "--tag", `${TAG}=orders`, ...words]);

  beforeAll(async () => {
    server = await startMoto();
  });
  afterAll(async () => {
    await server?.stop();
  });
  beforeEach(async () => {
    region = regions.next().value as string;
    project = new Project();
    Object.assign(project.environment, {
      AWS_REGION: region,
      AWS_ENDPOINT_URL: server.endpoint,
      AWS_ACCESS_KEY_ID: server.accessKey,
      AWS_SECRET_ACCESS_KEY: server.secretKey,
    });
    const credentials = { accessKeyId: server.accessKey, secretAccessKey: server.secretKey };
    rds = new RDSClient({ endpoint: server.endpoint, region, credentials });
    for (const instance of ["orders", "billing"]) {
      await rds.send(
        new CreateDBInstanceCommand({
          DBInstanceIdentifier: instance,
          DBInstanceClass: "db.t4g.micro",
          Engine: "postgres",
          AllocatedStorage: 20,
          MasterUsername: "master",
          MasterUserPassword: "of-the-master",
        }),
      );
    }
    for (const key of ["one", "two", "three", "four"]) await snapshot("orders", `orders-${key}`);
    await snapshot("billing", "billing-one");
    await snapshot("orders", "by-hand", null);
    await snapshot("orders", "other-series", "shop");
  });
  afterEach(() => {
    rds.destroy();
    project.remove();
  });

  it("shows what stays and what goes, and removes nothing without --yes", async () => {
    const { exitCode, stdout } = await prune("--keep", "2");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/orders-four .*keep +the newest of orders/);
    expect(stdout).toMatch(/orders-three .*keep +among the newest 2 of orders/);
    expect(stdout).toMatch(/orders-two .*remove +not among the newest 2 of orders/);
    expect(stdout).toMatch(/billing-one .*keep +the newest of billing/);
    expect(stdout).toContain("3 snapshots to keep, 2 snapshots to remove.");
    expect(stdout).toContain("2 of them without this tag and never touched; AWS allows 100");
    expect(stdout).toContain("Nothing was removed. Run it again with --yes");
    expect(stdout).not.toMatch(/by-hand|other-series/);
    expect(await left()).toHaveLength(7);
  });

  it("removes with --yes what it showed, and nothing else", async () => {
    const { exitCode, stdout } = await prune("--keep", "2", "--yes");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Removed 2 snapshots: orders-one, orders-two.");
    expect(await left()).toEqual(["billing-one", "by-hand", "orders-four", "orders-three", "other-series"]);
    // moto takes one of each instance by itself.
    expect(await left("automated")).toHaveLength(2);
    expect((await prune("--keep", "2", "--yes")).stdout).toContain("No snapshot was removed.");
  });

  it("prints one document with --json", async () => {
    const shown = (await prune("--keep", "3", "--json")).json();
    expect(shown).toMatchObject({ region, tag: { key: TAG, value: "orders" }, keep: 3, olderThan: null, manual: 7, removed: [] });
    expect(shown.plan.remove).toEqual([
      { id: "orders-one", source: "orders", takenAt: expect.any(String), reason: "not among the newest 3 of orders" },
    ]);
    const done = await prune("--keep", "3", "--yes", "--json");
    expect(done.json()).toMatchObject({ removed: ["orders-one"], gone: [], stayed: [] });
    expect(done.stderr).toContain("orders-one");
  });

  it("leaves what is younger than --older-than", async () => {
    const { exitCode, stdout } = await prune("--keep", "1", "--older-than", "30d", "--yes");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("No snapshot was removed.");
    expect(await left()).toHaveLength(7);
  });

  it("finds by the tag as it is now, not as it was", async () => {
    const ResourceName = `arn:aws:rds:${region}:123456789012:snapshot:orders-one`;
    await rds.send(new AddTagsToResourceCommand({ ResourceName, Tags: [{ Key: TAG, Value: "kept-for-the-audit" }] }));
    expect((await prune("--keep", "3", "--yes")).stdout).toContain("No snapshot was removed.");
  });

  describe("where RDS refuses", () => {
    const refusing = async (refusalOf: (action: string, id: string) => Refusal | undefined, ...words: string[]) => {
      const proxy = await startRefusingProxy(server.endpoint, (call) =>
        refusalOf(call.get("Action") ?? "", call.get("DBSnapshotIdentifier") ?? ""),
      );
      project.environment.AWS_ENDPOINT_URL = proxy.endpoint;
      return await prune(...words).finally(() => proxy.close());
    };
    const forOne = (code: string, message: string) => (action: string, id: string) =>
      action === "DeleteDBSnapshot" && id === "orders-one" ? { status: 400, code, message } : undefined;

    it("a snapshot that it does not let go stays, the others go, and the exit code says so", async () => {
      const ended = await refusing(forOne("InvalidDBSnapshotState", "it is being copied"), "--keep", "1", "--yes");
      expect(ended.exitCode).toBe(75);
      expect(ended.stdout).toContain("Removed 2 snapshots: orders-two, orders-three.");
      expect(ended.stdout).toContain("orders-one stays after all: it is being copied");
      expect(await left()).toContain("orders-one");
    });

    it("a snapshot that somebody else was faster to remove is no error", async () => {
      const ended = await refusing(forOne("DBSnapshotNotFound", "there is none"), "--keep", "2", "--yes");
      expect([ended.exitCode, ended.stdout]).toEqual([0, expect.stringContaining("Gone before it was their turn: orders-one.")]);
    });

    it("a right that is missing ends it, with its name", async () => {
      const denied = (wanted: string) => (action: string) =>
        action === wanted ? { status: 403, code: "AccessDenied", message: "is not authorized" } : undefined;
      const listing = await refusing(denied("DescribeDBSnapshots"), "--keep", "2", "--yes");
      expect([listing.exitCode, listing.stderr]).toEqual([77, expect.stringContaining("allow rds:DescribeDBSnapshots")]);
      const removing = await refusing(denied("DeleteDBSnapshot"), "--keep", "2", "--yes");
      expect([removing.exitCode, removing.stderr]).toEqual([77, expect.stringContaining("allow rds:DeleteDBSnapshot")]);
      expect(await left()).toHaveLength(7);
    });
  });

  it("tells of a server that is not there, and needs a Region", async () => {
    Object.assign(project.environment, { AWS_ENDPOINT_URL: "http://127.0.0.1:9", AWS_MAX_ATTEMPTS: "1" });
    const lost = await prune("--keep", "1");
    expect([lost.exitCode, lost.stderr]).toEqual([69, expect.stringContaining("RDS cannot be reached")]);
    Object.assign(project.environment, { AWS_REGION: undefined });
    const nowhere = await prune("--keep", "1");
    expect([nowhere.exitCode, nowhere.stderr]).toEqual([78, expect.stringContaining("it is not set, and RDS is of a Region")]);
    project.environment.AWS_REGION = "Frankfurt";
    expect((await prune("--keep", "1")).exitCode).toBe(78);
  });
});

describe("a pruning that is asked for wrongly", () => {
  it.each([
    [["--tag", "a=b", "--keep", "1"], "whose snapshots are meant"],
    [["--rds", "--keep", "1"], "--tag"],
    [["--rds", "--tag", "a=b"], "--keep"],
    [["--rds", "--tag", "a", "--keep", "1"], "write a key and a value"],
    [["--rds", "--tag", "=b", "--keep", "1"], "write a key and a value"],
    [["--rds", "--tag", "a=b", "--keep", "0"], "the newest snapshot is never removed"],
    [["--rds", "--tag", "a=b", "--keep", "1.5"], "write a whole number"],
    [["--rds", "--tag", "a=b", "--keep", "1", "--older-than", "soon"], "is not a duration"],
    [["--rds", "--tag", "a=b", "--keep", "1", "--copy", "off-site"], "does not work on a copy"],
  ])("%j touches nothing", async (words, reason) => {
    const project = new Project();
    try {
      const { exitCode, stderr } = await runHere(project, ["snapshot", "prune", ...words]);
      expect([exitCode, stderr]).toEqual([64, expect.stringContaining(reason)]);
    } finally {
      project.remove();
    }
  });
});
