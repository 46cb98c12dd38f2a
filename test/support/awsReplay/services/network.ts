import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  type SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import { type Properties, type Replayer, tagList, tagMap } from "../Replayer.js";

function permissionOf({
  ipProtocol,
  fromPort,
  toPort,
  cidrIpv4,
  cidrIpv6,
  prefixListId,
  referencedSecurityGroupId,
  description,
}: Properties) {
  const Description = description as string;
  const permission: IpPermission = {
    IpProtocol: ipProtocol as string,
    FromPort: fromPort as number,
    ToPort: toPort as number,
    ...(cidrIpv4 === undefined ? {} : { IpRanges: [{ CidrIp: cidrIpv4 as string, Description }] }),
    ...(cidrIpv6 === undefined ? {} : { Ipv6Ranges: [{ CidrIpv6: cidrIpv6 as string, Description }] }),
    ...(prefixListId === undefined ? {} : { PrefixListIds: [{ PrefixListId: prefixListId as string, Description }] }),
    ...(referencedSecurityGroupId === undefined
      ? {}
      : { UserIdGroupPairs: [{ GroupId: referencedSecurityGroupId as string, Description }] }),
  };
  return permission;
}

function ruleProperties(rule: SecurityGroupRule | undefined): Properties {
  return {
    securityGroupId: rule?.GroupId,
    ipProtocol: rule?.IpProtocol,
    fromPort: rule?.FromPort,
    toPort: rule?.ToPort,
    cidrIpv4: rule?.CidrIpv4,
    cidrIpv6: rule?.CidrIpv6,
    prefixListId: rule?.PrefixListId,
    referencedSecurityGroupId: rule?.ReferencedGroupInfo?.GroupId,
    tags: tagMap(rule?.Tags),
  };
}

function ruleReplayer(type: string, direction: "ingress" | "egress"): Replayer {
  return {
    type,
    // Of a rule that names a group.
    untold: ["description"],
    create: async ({ ec2 }, inputs) => {
      const request = {
        GroupId: inputs.securityGroupId as string,
        IpPermissions: [permissionOf(inputs)],
        ...(inputs.tags === undefined
          ? {}
          : { TagSpecifications: [{ ResourceType: "security-group-rule" as const, Tags: tagList(inputs.tags) }] }),
      };
      const { SecurityGroupRules = [] } =
        direction === "ingress"
          ? await ec2.send(new AuthorizeSecurityGroupIngressCommand(request))
          : await ec2.send(new AuthorizeSecurityGroupEgressCommand(request));
      return { id: SecurityGroupRules[0]?.SecurityGroupRuleId };
    },
    read: async ({ ec2 }, _, { id }) => {
      const { SecurityGroupRules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [String(id)] }));
      return ruleProperties(SecurityGroupRules[0]);
    },
  };
}

export const networkReplayers: Replayer[] = [
  {
    type: "aws:ec2/securityGroup:SecurityGroup",
    providersOwn: ["revokeRulesOnDelete"],
    create: async ({ ec2 }, { name, description, vpcId, tags }) => {
      const { GroupId = "", SecurityGroupArn } = await ec2.send(
        new CreateSecurityGroupCommand({
          GroupName: name as string,
          Description: description as string,
          VpcId: vpcId as string,
          ...(tags === undefined ? {} : { TagSpecifications: [{ ResourceType: "security-group", Tags: tagList(tags) }] }),
        }),
      );
      // As the provider does: AWS lets everything out of a new group.
      const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
      const everything = SecurityGroups[0]?.IpPermissionsEgress ?? [];
      if (everything.length > 0) await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: everything }));
      return { id: GroupId, arn: SecurityGroupArn };
    },
    read: async ({ ec2 }, _, { id }) => {
      const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [String(id)] }));
      const [group] = SecurityGroups;
      return { name: group?.GroupName, description: group?.Description, vpcId: group?.VpcId, tags: tagMap(group?.Tags) };
    },
  },
  ruleReplayer("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "ingress"),
  ruleReplayer("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "egress"),
];
