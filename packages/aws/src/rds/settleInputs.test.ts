import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type { RdsPostgresArgs } from "./RdsPostgresArgs.js";
import { rdsProblems } from "./rdsProblems.js";
import { settleInputs } from "./settleInputs.js";

const smallest: RdsPostgresArgs = {
  engineVersion: "16",
  instanceClass: "db.t4g.medium",
  network: { vpcId: "vpc-1", subnetIds: ["subnet-1", "subnet-2"] },
};
const later = <Value>(value: Value) => pulumi.output(value);
const judge = (known: RdsPostgresArgs) => rdsProblems("orders", known, new Date());
const settled = (args: Partial<RdsPostgresArgs>, problemsOf = judge) => settleInputs("orders", { ...smallest, ...args }, problemsOf);
const settledTo = (input: unknown) => new Promise((resolve) => void (pulumi.output(input) as pulumi.Output<unknown>).apply(resolve));

/** That what is wrong stops the deployment is seen in test/engine/awsRdsPostgresErrors.test.ts: outside of the engine nobody awaits an Output. */
describe("values that come late", () => {
  it("are judged when they are there, with those that they belong to, plain ones too", async () => {
    const judged: RdsPostgresArgs[] = [];
    const { backups } = settled({ backups: { window: later("03:00-04:00") }, maintenanceWindow: "sun:05:30-sun:06:30" }, (known) => {
      judged.push(known);
      return judge(known);
    });
    expect(await settledTo(backups?.window)).toBe("03:00-04:00");
    expect(judged).toEqual([{ ...smallest, backups: { window: "03:00-04:00" }, maintenanceWindow: "sun:05:30-sun:06:30" }]);
  });

  it("are what they were where they are right", async () => {
    const { backups, network } = settled({
      backups: { retentionDays: later(35) },
      network: { vpcId: later("vpc-1"), subnetIds: ["subnet-1", later("subnet-2")] },
    });
    expect(await settledTo(backups?.retentionDays)).toBe(35);
    expect(await settledTo(network?.vpcId)).toBe("vpc-1");
    expect(await settledTo(network?.subnetIds)).toEqual(["subnet-1", "subnet-2"]);
  });

  it("stay secret", async () => {
    const { masterPassword } = settled({ masterPassword: pulumi.secret("correct-horse") });
    expect(await pulumi.isSecret(pulumi.output(masterPassword))).toBe(true);
  });

  it("leave what was not said unsaid", () => {
    expect(settled({ backups: { window: later("03:00-03:30") } })).not.toHaveProperty("maintenanceWindow");
  });
});
