import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { AGENT_TASK_DEFAULTS } from "./agentTaskDefaults.js";
import type { AgentTaskDeclaration } from "./declareAgentTask.js";

const HTTPS = 443;

// EC2 takes few characters in descriptions, and no apostrophe: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html

/** The task's security group, given or own: nothing comes in, and only the database and HTTPS are reached. Name resolution by the VPC's own resolver needs no rule. */
export function declareSecurityGroup(declaration: AgentTaskDeclaration, shared: object): pulumi.Output<string> {
  const { name, parent, task, databasePort = 5432 } = declaration;
  const { securityGroupId, databaseSecurityGroupId, allowInDatabaseGroup } = task.network;
  const options = { parent };
  const id = securityGroupId === undefined ? ownGroup(declaration, shared) : pulumi.output(securityGroupId);
  if (allowInDatabaseGroup === true && databaseSecurityGroupId !== undefined) {
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-into-database`,
      {
        securityGroupId: databaseSecurityGroupId,
        referencedSecurityGroupId: id,
        ipProtocol: "tcp",
        fromPort: databasePort,
        toPort: databasePort,
        description: "PostgreSQL from tasks of pgkeep",
        ...shared,
      },
      options,
    );
  }
  return id;
}

function ownGroup({ name, parent, task, databasePort = 5432 }: AgentTaskDeclaration, shared: object): pulumi.Output<string> {
  const { vpcId, databaseSecurityGroupId, databaseCidr, httpsCidrs, httpsPrefixListIds = [] } = task.network;
  const options = { parent };
  const group = new aws.ec2.SecurityGroup(
    `${name}-task`,
    { description: "Tasks of pgkeep: nothing comes in", ...(vpcId === undefined ? {} : { vpcId }), ...shared },
    options,
  );
  const allowOut = (rule: string, port: pulumi.Input<number>, to: Partial<aws.vpc.SecurityGroupEgressRuleArgs>, description: string) =>
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-${rule}`,
      { securityGroupId: group.id, ipProtocol: "tcp", fromPort: port, toPort: port, description, ...to, ...shared },
      options,
    );
  if (databaseSecurityGroupId !== undefined) {
    allowOut("to-database", databasePort, { referencedSecurityGroupId: databaseSecurityGroupId }, "PostgreSQL");
  } else if (databaseCidr !== undefined) {
    allowOut("to-database", databasePort, { cidrIpv4: databaseCidr }, "PostgreSQL");
  }
  const ranges = httpsCidrs ?? (httpsPrefixListIds.length > 0 ? [] : [AGENT_TASK_DEFAULTS.everywhere]);
  for (const [index, cidrIpv4] of ranges.entries()) allowOut(`to-https-${index + 1}`, HTTPS, { cidrIpv4 }, "HTTPS to services of AWS");
  for (const [index, prefixListId] of httpsPrefixListIds.entries()) {
    allowOut(`to-https-list-${index + 1}`, HTTPS, { prefixListId }, "HTTPS to services of AWS, by their list");
  }
  return group.id;
}
