import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random";
import { describe, expect, it } from "vitest";
import { RdsBackupOwner, RdsLogExport, RdsPostgres, type RdsPostgresArgs, RdsStorageType } from "../../packages/aws/src/index.js";
import { previewFailure } from "../support/engine/failureOf.js";
import { missingEngine } from "../support/engine/index.js";
import { awsProvider } from "../support/engine/providers/aws/awsProvider.js";
import { randomProvider } from "../support/engine/providers/random/randomProvider.js";

const smallest: RdsPostgresArgs = {
  engineVersion: "16",
  instanceClass: "db.t4g.medium",
  network: { vpcId: "vpc-0a1b2c3d", subnetIds: ["subnet-0a", "subnet-0b"] },
};

const failureOf = async (declare: () => void): Promise<string> => {
  return await previewFailure({ program: () => Promise.resolve(void declare()), providers: [awsProvider(), randomProvider()] });
};

describe.skipIf(missingEngine() !== undefined)(
  "the engine shows every wrong argument with its reason, and neither a stack nor an object",
  () => {
    it.each<[string, string, RdsPostgresArgs]>([
      [
        "many",
        "Orders",
        {
          engineVersion: "13",
          instanceClass: "t4g.medium",
          region: "frankfurt",
          storage: { kind: RdsStorageType.Gp3, allocatedGib: 19 },
          network: {
            vpcId: "vpc-0a1b2c3d",
            securityGroupId: "sg-0a1b2c3d",
            subnetIds: ["subnet-0a"],
            clients: [
              { name: "app", cidrIpv4: "0.0.0.0/0" },
              { name: "app", securityGroupId: "sg-0a1b2c3d", cidrIpv4: "10.0.0.0/16" },
            ],
          },
          port: 1149,
          databaseName: "orders-db",
          masterUsername: "rdsadmin",
          masterPassword: "hunter2/",
          encryption: { rotationDays: 89, deletionWindowDays: 31 },
          backups: { retentionDays: 36, window: "03:00-03:29" },
          maintenanceWindow: "sun:04:00-sun:04:29",
          restore: { time: "2126-11-30T03:00:00Z", latest: true, sourceIdentifier: "Orders" },
          parameters: { values: [{ name: "rds.force_ssl", value: "0" }] },
          logs: { exports: [RdsLogExport.Upgrade, RdsLogExport.Upgrade], retentionDays: 2 },
          performanceInsightsDays: 8,
        },
      ],
      ["unprotected", "orders", { ...smallest, backups: { retentionDays: 0 } }],
      ["windows", "orders", { ...smallest, backups: { window: "23:45-00:30" }, maintenanceWindow: "sun:00:00-sun:01:00" }],
      ["owners", "orders", { ...smallest, backups: { owner: RdsBackupOwner.AwsBackup, retentionDays: 7, window: "03:00-03:30" } }],
      ["restore", "orders", { ...smallest, restore: { latest: true, sourceIdentifier: "orders" } }],
      ["missing", "orders", { backups: { retentionDays: 7 } }],
    ])("%s", async (name, component, args) => {
      const text = await failureOf(() => new RdsPostgres(component, args));
      await expect(`${text}\n`).toMatchFileSnapshot(`golden/aws-rds-postgres-errors-${name}.txt`);
      expect(text).not.toMatch(/^\s+at |__pulumi|\[Object|hunter2/m);
    });
  },
);

describe.skipIf(missingEngine() !== undefined)("what is an Output", () => {
  it("stops a preview as soon as it is known, in the same words", async () => {
    const text = await failureOf(
      () => new RdsPostgres("orders", { ...smallest, backups: { retentionDays: pulumi.output(0) }, instanceClass: pulumi.output("t4g") }),
    );
    expect(text).toContain("backups.retentionDays: with 0 there are no automated backups, and no way back to any point in time");
    expect(text).toContain("instanceClass: this is no instance class");
    expect(text).not.toMatch(/__pulumi|\[Object/);
  });

  it("and does not, while it is unknown", async () => {
    const text = await failureOf(() => {
      const { hex } = new RandomId("class", { byteLength: 4 });
      new RdsPostgres("orders", { ...smallest, instanceClass: hex });
    });
    expect(text).toBe("");
  });
});
