import { describe, expect, it, test } from "vitest";
import { defaultRdsMaximum, type RdsStorage, rdsStorageProblems } from "./rdsStorage.js";

const gp3: RdsStorage = { kind: "gp3", allocated: 100, maximum: 200 };
const io2: RdsStorage = { kind: "io2", allocated: 100, maximum: 200, iops: 1000 };
const found = (storage: RdsStorage) => rdsStorageProblems(storage).map(({ property, allowed }) => `${property}: ${allowed}`);

describe("storage", () => {
  test.each<[string, RdsStorage, string[]]>([
    ["gp3 of 19 GiB", { ...gp3, allocated: 19 }, ["allocated: a whole number from 20 to 65536"]],
    ["gp3 of 20 GiB", { ...gp3, allocated: 20 }, []],
    ["gp3 of 65,536 GiB", { ...gp3, allocated: 65_536, maximum: 65_536 }, []],
    ["gp3 of 65,537 GiB", { ...gp3, allocated: 65_537, maximum: 65_537 }, ["allocated: a whole number from 20 to 65536"]],
    ["half a GiB", { ...gp3, allocated: 20.5 }, ["allocated: a whole number from 20 to 65536"]],
    ["io2 of 99 GiB", { ...io2, allocated: 99 }, ["allocated: a whole number from 100 to 65536"]],
    ["io2 of 100 GiB", io2, []],
    ["growing off", { ...gp3, maximum: 0 }, []],
    ["growing by less than a tenth", { ...gp3, maximum: 109 }, ["maximum: 0 to turn that off, or a whole number from 110 to 65536"]],
    ["growing by a tenth", { ...gp3, maximum: 110 }, []],
    ["growing to 65,536", { ...gp3, maximum: 65_536 }, []],
    ["growing to 65,537", { ...gp3, maximum: 65_537 }, ["maximum: 0 to turn that off, or a whole number from 110 to 65536"]],
    ["shrinking", { ...gp3, maximum: 50 }, ["maximum: 0 to turn that off, or a whole number from 110 to 65536"]],
    ["gp3 of 399 GiB with operations", { ...gp3, allocated: 399, maximum: 0, iops: 12_000 }, ["iops: nothing, or 400 GiB and more"]],
    [
      "gp3 of 399 GiB with throughput",
      { ...gp3, allocated: 399, maximum: 0, throughput: 500 },
      ["throughput: nothing, or 400 GiB and more"],
    ],
    ["gp3 of 400 GiB with the least", { ...gp3, allocated: 400, maximum: 0, iops: 12_000, throughput: 500 }, []],
    ["gp3 with too little", { ...gp3, allocated: 400, maximum: 0, iops: 11_999 }, ["iops: a whole number from 12000 to 64000"]],
    ["gp3 with the most", { ...gp3, allocated: 400, maximum: 0, iops: 64_000, throughput: 4000 }, []],
    ["gp3 with too much", { ...gp3, allocated: 400, maximum: 0, throughput: 4001 }, ["throughput: a whole number from 500 to 4000"]],
    ["io2 without operations", { kind: "io2", allocated: 100, maximum: 200 }, ["iops: 1000 or more"]],
    ["io2 with 999", { ...io2, iops: 999 }, ["iops: a whole number from 1000 to 256000"]],
    ["io2 with 256,001", { ...io2, iops: 256_001 }, ["iops: a whole number from 1000 to 256000"]],
    ["io2 with throughput", { ...io2, throughput: 500 }, ["throughput: nothing"]],
  ])("%s", (_, storage, problems) => expect(found(storage)).toEqual(problems));

  it("grows to twice its size unless said, and never past what RDS has", () => {
    expect(defaultRdsMaximum(20)).toBe(40);
    expect(defaultRdsMaximum(40_000)).toBe(65_536);
    expect(rdsStorageProblems({ ...gp3, allocated: 65_536, maximum: defaultRdsMaximum(65_536) })).toEqual([]);
  });
});
