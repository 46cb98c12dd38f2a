import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { RdsDeclaration } from "./RdsDeclaration.js";
import type { RdsPeerArgs } from "./RdsPostgresArgs.js";
import { RDS_DEFAULTS } from "./rdsDefaults.js";

/** Where the instance is. */
export interface RdsNetwork {
  subnetGroupName: pulumi.Output<string>;
  securityGroupId: pulumi.Output<string>;
}

/** Subnet group and security group, given or own. Rules are resources of their own: rules written into a group remove everybody else's. */
export function declareNetwork(declaration: RdsDeclaration): RdsNetwork {
  const { args, name, parent, region, tags } = declaration;
  const securityGroupId = securityGroup(declaration);
  const port = args.port ?? RDS_DEFAULTS.port;
  for (const client of args.network?.clients ?? []) {
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-from-${client.name}`,
      { securityGroupId, ipProtocol: "tcp", fromPort: port, toPort: port, ...peerOf(client), ...region, ...tags },
      { parent },
    );
  }
  for (const destination of args.network?.destinations ?? []) {
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-to-${destination.name}`,
      {
        securityGroupId,
        ipProtocol: "tcp",
        fromPort: destination.port,
        toPort: destination.port,
        ...peerOf(destination),
        ...region,
        ...tags,
      },
      { parent },
    );
  }
  return { subnetGroupName: subnetGroup(declaration), securityGroupId };
}

function securityGroup({ name, parent, identifier, args, region, tags }: RdsDeclaration): pulumi.Output<string> {
  const { securityGroupId, vpcId } = args.network ?? {};
  if (securityGroupId !== undefined) return pulumi.output(securityGroupId);
  const named = { namePrefix: `rds-${identifier}-`, description: `RDS instance ${identifier}` };
  return new aws.ec2.SecurityGroup(`${name}-security-group`, { ...named, ...(vpcId && { vpcId }), ...region, ...tags }, { parent }).id;
}

function subnetGroup({ name, parent, identifier, args, region, tags }: RdsDeclaration): pulumi.Output<string> {
  const { subnetGroupName, subnetIds = [] } = args.network ?? {};
  if (subnetGroupName !== undefined) return pulumi.output(subnetGroupName);
  return new aws.rds.SubnetGroup(
    `${name}-subnets`,
    { namePrefix: `${identifier}-`, description: `RDS instance ${identifier}`, subnetIds, ...region, ...tags },
    { parent },
  ).name;
}

function peerOf({ name, securityGroupId, cidrIpv4, cidrIpv6, prefixListId }: RdsPeerArgs) {
  return {
    description: name,
    ...(securityGroupId && { referencedSecurityGroupId: securityGroupId }),
    ...(cidrIpv4 && { cidrIpv4 }),
    ...(cidrIpv6 && { cidrIpv6 }),
    ...(prefixListId && { prefixListId }),
  };
}
