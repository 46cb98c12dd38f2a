import { describe, expect, test } from "vitest";
import { partitionOfRegion } from "./partitionOfRegion.js";

describe("the partition of a Region", () => {
  test.each([
    ["eu-central-1", "aws"],
    ["ap-southeast-5", "aws"],
    ["us-gov-west-1", "aws-us-gov"],
    ["cn-north-1", "aws-cn"],
    ["us-iso-east-1", "aws-iso"],
    ["us-isob-east-1", "aws-iso-b"],
    ["us-isof-south-1", "aws-iso-f"],
    ["eu-isoe-west-1", "aws-iso-e"],
    ["eusc-de-east-1", "aws-eusc"],
  ])("%s: %s", (region, partition) => expect(partitionOfRegion(region)).toBe(partition));
});
