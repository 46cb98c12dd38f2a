import { uuidOf } from "../../uuidOf.js";
import { ACCOUNT, awsKind, changeable, nameOf, told } from "../awsKind.js";

const digits = (text: string) => uuidOf(text).replaceAll("-", "").slice(0, 17);

/** Rules of ingress and egress have one schema. A change of what kind of peer is named replaces a rule (ModifyPlan), which no rule here can say: it counts as an update. */
const ruleKind = (type: string, file: string) =>
  awsKind({
    type,
    source: `internal/service/ec2/${file}`,
    properties: {
      cidrIpv4: changeable,
      cidrIpv6: changeable,
      description: changeable,
      fromPort: changeable,
      ipProtocol: { onChange: "update", required: true },
      prefixListId: changeable,
      referencedSecurityGroupId: changeable,
      securityGroupId: { onChange: "replace", required: true },
      toPort: changeable,
      securityGroupRuleId: told,
    },
    computed: (_, { name, region }) => {
      const id = `sgr-${digits(name)}`;
      return { id, outputs: { arn: `arn:aws:ec2:${region}:${ACCOUNT}:security-group-rule/${id}`, securityGroupRuleId: id } };
    },
  });

export const ec2Kinds = [
  awsKind({
    type: "aws:ec2/securityGroup:SecurityGroup",
    source: "internal/service/ec2/vpc_security_group.go",
    properties: {
      // The bridge writes its own name into the source's "Managed by Terraform".
      description: { onChange: "replace", default: "Managed by Pulumi" },
      egress: { onChange: "update", set: true, computed: true },
      ingress: { onChange: "update", set: true, computed: true },
      name: { onChange: "replace", autonamed: true, computed: true },
      namePrefix: { onChange: "replace", computed: true },
      revokeRulesOnDelete: { onChange: "update", default: false },
      vpcId: { onChange: "replace", computed: true },
      ownerId: told,
    },
    computed: (planned, { name, region }) => {
      const id = `sg-${digits(name)}`;
      return {
        id,
        outputs: {
          arn: `arn:aws:ec2:${region}:${ACCOUNT}:security-group/${id}`,
          name: nameOf(planned),
          ownerId: ACCOUNT,
          vpcId: `vpc-${digits("")}`,
        },
      };
    },
  }),
  ruleKind("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "vpc_security_group_ingress_rule.go"),
  ruleKind("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "vpc_security_group_egress_rule.go"),
];
