import { describe, expect, test } from "vitest";
import { rdsEndpointRegion, regionNameProblem } from "./rdsEndpoint.js";

describe("the Region of an endpoint of RDS", () => {
  test.each([
    ["app.c9akciq32ab.eu-west-1.rds.amazonaws.com", "eu-west-1"],
    ["app.c9akciq32ab.EU-West-1.RDS.amazonaws.com.", "eu-west-1"],
    ["app.cluster-ro-c9akciq32ab.ap-southeast-2.rds.amazonaws.com", "ap-southeast-2"],
    ["app.proxy-c9akciq32ab.us-gov-east-1.rds.amazonaws.com", "us-gov-east-1"],
    ["reader.endpoint.proxy-c9akciq32ab.us-east-1.rds.amazonaws.com", "us-east-1"],
    ["app.c9akciq32ab.rds.cn-north-1.amazonaws.com.cn", "cn-north-1"],
    ["app.c9akciq32ab.cn-northwest-1.rds.amazonaws.com.cn", "cn-northwest-1"],
    ["app.c9akciq32ab.eusc-de-east-1.rds.amazonaws.eu", "eusc-de-east-1"],
  ])("%s is in %s", (host, region) => expect(rdsEndpointRegion(host)).toBe(region));

  test.each([
    "db.example.org",
    "rds.amazonaws.com",
    "eu-west-1.rds.amazonaws.com",
    "app.c9akciq32ab.eu-west-1.rds.amazonaws.com.example.org",
    "app.c9akciq32ab.eu-west-1.rdsXamazonaws.com",
    "app.c9akciq32ab.nowhere.rds.amazonaws.com",
    "app.eu-west-1.ec2.amazonaws.com",
    "/var/run/postgresql",
    "10.0.0.7",
  ])("%s is none", (host) => expect(rdsEndpointRegion(host)).toBeUndefined());
});

test.each(["eu-west-1", "us-gov-west-1", "cn-north-1", "eusc-de-east-1", "us-isob-east-1"])("%s is a Region", (region) =>
  expect(regionNameProblem(region)).toBeUndefined(),
);
test.each(["", "eu-west", "eu_west_1", "EU-WEST-1", "eu-west-1a", "eu-west-1 "])("%j is no Region", (region) =>
  expect(regionNameProblem(region)).toBe("this is not the code of an AWS Region"),
);
