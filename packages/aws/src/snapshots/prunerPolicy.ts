import { PRE_DEPLOY_TAG, type RdsInstanceName } from "@pgkeep/core";
import { policyDocument } from "../iam/policyDocument.js";

/** What `pgkeep snapshot prune` needs: it sees the snapshots of the Region, and removes those of one series. */
export function prunerPolicy({ partition, region, account }: RdsInstanceName, series: string): string {
  return policyDocument([
    {
      sid: "SeeManualSnapshots",
      actions: ["rds:DescribeDBSnapshots"],
      resources: [`arn:${partition}:rds:${region}:${account}:snapshot:*`, `arn:${partition}:rds:${region}:${account}:db:*`],
      because: "a list has no name of a single snapshot or instance in it; it tells names and tags, no data",
    },
    {
      sid: "RemoveSnapshotsOfTheSeries",
      actions: ["rds:DeleteDBSnapshot"],
      resources: [`arn:${partition}:rds:${region}:${account}:snapshot:*`],
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
      conditions: { StringEquals: { [`aws:ResourceTag/${PRE_DEPLOY_TAG}`]: series } },
      because: "snapshots have a name for each deployment; the tag says which are meant",
    },
  ]);
}
