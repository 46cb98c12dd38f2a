import { describe, expect, test } from "vitest";
import { type DescribedReplication, describeReplication } from "./describeReplication.js";

const source = { partition: "aws", region: "eu-central-1", account: "123456789012", identifier: "orders" };
const described: DescribedReplication = { source, destinationRegion: "eu-west-1", retentionDays: 14, key: "own", protect: true };

describe("a replication in words", () => {
  test("tells what survives the loss of the Region, and what does not", () => {
    expect(describeReplication(described)).toMatchInlineSnapshot(`
      "without eu-central-1: orders restores in eu-west-1 to any second of the last 14 days up to the newest log that arrived
      RPO without eu-central-1: logs leave every 5 minutes and arrive later; AWS promises no bound
      protect: on; a change of Region, days, key or instance replaces the replication, and is refused until it is off
      once it stops: what arrived stays for its 14 days and restores with its key only; retained replicas must reuse the same key
      the account: the copy is in the same one, and goes with it
      encryption: a key made here in eu-west-1, rotated yearly; once it, or the key of the instance in eu-central-1, is disabled, replication stops
      limit: 20 replications into a Region for each account; not between all pairs of Regions
      cost: transfer out of eu-central-1, and storage in eu-west-1 for 14 days, the first copy being whole"
    `);
  });

  test.each<[string, Partial<DescribedReplication>, string]>([
    ["one day", { retentionDays: 1 }, "stays for its 1 day and"],
    ["no protection", { protect: false }, "protect: OFF; "],
    ["no encryption", { key: "none" }, "encryption: none, for the instance has none"],
    ["a given key", { key: { arn: "arn:aws:kms:eu-west-1:1:key/a" } }, "encryption: arn:aws:kms:eu-west-1:1:key/a; once it"],
  ])("tells of %s", (_, difference, words) => expect(describeReplication({ ...described, ...difference })).toContain(words));

  test("fits into the lines that the engine shows", () => {
    const longest = describeReplication({
      source: { ...source, region: "ap-southeast-2", identifier: "orders-production-2" },
      destinationRegion: "ap-northeast-1",
      retentionDays: 35,
      key: "own",
      protect: false,
    });
    expect(longest.split("\n").filter((line) => line.length > 150)).toEqual([]);
  });
});
