import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { RestoreTestingArgs } from "./RestoreTestingArgs.js";

/** What every child of a restore test is declared with. */
export interface RestoreTestContext {
  name: string;
  parent: pulumi.ComponentResource;
  args: RestoreTestingArgs;
  /** Region and tags, where they are given. */
  shared: { region?: pulumi.Input<string>; tags?: pulumi.Input<Record<string, pulumi.Input<string>>> };
}

export interface RestoreNetwork {
  subnetGroupName: pulumi.Output<string>;
  securityGroupId: pulumi.Output<string>;
}

/** Where restored instances are: in groups that are given, or in a subnet group and a security group of their own, which lets nobody in by itself. */
export function declareRestoreNetwork({ name, parent, args, shared }: RestoreTestContext): RestoreNetwork {
  const { subnetIds = [], subnetGroupName, vpcId, securityGroupId } = args.network;
  const description = `pgkeep: instances that ${name} restores for a test`;
  return {
    subnetGroupName: pulumi.output(
      subnetGroupName ?? new aws.rds.SubnetGroup(`${name}-restored`, { description, subnetIds, ...shared }, { parent }).name,
    ),
    securityGroupId: pulumi.output(
      securityGroupId ??
        new aws.ec2.SecurityGroup(`${name}-restored`, { description, ...(vpcId === undefined ? {} : { vpcId }), ...shared }, { parent }).id,
    ),
  };
}

/**
 * What AWS Backup would infer otherwise, from the original or from the default VPC. It switches deletion protection off itself, and deletes the instance in
 * the end. https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
 */
export function restoreMetadata(
  { instanceClass, parameterGroupName }: RestoreTestingArgs,
  { subnetGroupName, securityGroupId }: RestoreNetwork,
) {
  return {
    dbSubnetGroupName: subnetGroupName,
    vpcSecurityGroupIds: securityGroupId.apply((id) => JSON.stringify([id])),
    publiclyAccessible: "false",
    // One zone is enough to be looked through, and costs half.
    multiAz: "false",
    ...(instanceClass === undefined ? {} : { dbInstanceClass: instanceClass }),
    ...(parameterGroupName === undefined ? {} : { dbParameterGroupName: parameterGroupName }),
  };
}
