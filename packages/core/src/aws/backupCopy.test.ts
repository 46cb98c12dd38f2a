import { describe, expect, it, test } from "vitest";
import { describeProblem } from "../problem.js";
import { backupCopyProblems, vaultOfArn } from "./backupCopy.js";

const own = { region: "eu-central-1", account: "111111111111" };
const region = { to: "ireland", region: "eu-west-1", account: "111111111111" };
const account = { to: "vaults", region: "eu-central-1", account: "222222222222" };
const told = (copies: Parameters<typeof backupCopyProblems>[2], from: Parameters<typeof backupCopyProblems>[1] = own) =>
  backupCopyProblems("rules[0].copies", from, copies).map(describeProblem);

describe("copies that AWS Backup makes of RDS snapshots", () => {
  test.each([
    ["to another Region", [region]],
    ["to another account", [account]],
    ["to two Regions", [region, { ...region, to: "paris", region: "eu-west-3" }]],
    ["to what is not known yet", [{ to: "unknown" }, account]],
  ])("%s", (_, copies) => expect(told(copies)).toEqual([]));
  it("knows nothing yet of its own place", () => expect(told([region, account], {})).toEqual([]));
});

describe("copies that it does not make are refused", () => {
  it("to another Region of another account", () =>
    expect(told([{ ...account, region: "eu-west-1" }])[0]).toContain(
      "rules[0].copies[0].to: this vault is in another Region and in another account, and AWS Backup copies RDS snapshots to one or the other",
    ));
  it("to another Region and to another account in one rule", () =>
    expect(told([region, account])).toEqual([
      `rules[0].copies: one rule copies RDS snapshots to another Region or to another account, not both: AWS Backup automates only one of the two
  received: ireland (another Region), vaults (another account)
  allowed:  copies of one kind in a rule
  next:     give the other copy a rule of its own, at another time`,
    ]));
  it("to where the original is", () => expect(told([{ to: "here", ...own }])[0]).toContain("what loses the one loses the other"));
});

test.each([
  [
    "arn:aws:backup:eu-west-1:222222222222:backup-vault:safe",
    { partition: "aws", region: "eu-west-1", account: "222222222222", name: "safe" },
  ],
  ["arn:aws:backup:eu-west-1:222222222222:backup-vault:s", undefined],
  ["arn:aws:backup:eu-west-1:222222222222:backup-plan:safe", undefined],
  ["arn:aws:s3:::safe", undefined],
  ["safe", undefined],
])("the vault of %s", (arn, expected) => expect(vaultOfArn(arn)).toEqual(expected));
