import { expect, test } from "vitest";
import { describeSnapshot } from "./describeSnapshot.js";

const instance = { partition: "aws", region: "ap-southeast-2", account: "123456789012", identifier: "orders" };

test("tells when a snapshot is taken, that it stays, and what prunes it", () => {
  expect(describeSnapshot({ instance, deploymentKey: "4f2c1e9", series: "orders", keep: 10 })).toMatchInlineSnapshot(`
    "before deployment 4f2c1e9: one manual snapshot of orders in ap-southeast-2; the same key takes no second one
    the next key, a rename and a destroy leave it in AWS (retainOnDelete), where a preview says delete: it never expires
    what depends on this component waits until the snapshot is there; if it fails, nothing of that is deployed
    RPO: what was committed when the snapshot began; a restore makes another instance
    encryption: as the instance, by its key; without that key the snapshot restores no more
    pruned by: pgkeep snapshot prune --rds --tag pgkeep:pre-deploy=orders --keep 10
    limit: 100 manual snapshots in a Region of an account; without room the deployment stops before the migrations"
  `);
});
