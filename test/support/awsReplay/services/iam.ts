import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { type Replayer, tagList, tagMap } from "../Replayer.js";

/** IAM gives policies back percent-encoded. */
const decoded = (policy: string | undefined) => (policy?.startsWith("%7B") ? decodeURIComponent(policy) : policy);

export const iamReplayers: Replayer[] = [
  {
    type: "aws:iam/role:Role",
    providersOwn: ["forceDetachPolicies"],
    create: async ({ iam }, { name, assumeRolePolicy, description, path, maxSessionDuration, permissionsBoundary, tags }) => {
      const { Role } = await iam.send(
        new CreateRoleCommand({
          RoleName: name as string,
          AssumeRolePolicyDocument: assumeRolePolicy as string,
          Description: description as string,
          Path: path as string,
          MaxSessionDuration: maxSessionDuration as number,
          PermissionsBoundary: permissionsBoundary as string,
          Tags: tagList(tags),
        }),
      );
      return { id: Role?.RoleName, arn: Role?.Arn };
    },
    read: async ({ iam }, { name }) => {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName: name as string }));
      return {
        name: Role?.RoleName,
        assumeRolePolicy: decoded(Role?.AssumeRolePolicyDocument),
        description: Role?.Description,
        path: Role?.Path,
        maxSessionDuration: Role?.MaxSessionDuration,
        permissionsBoundary: Role?.PermissionsBoundary?.PermissionsBoundaryArn,
        tags: tagMap(Role?.Tags),
      };
    },
  },
  {
    type: "aws:iam/rolePolicy:RolePolicy",
    create: async ({ iam }, { name, role, policy }) => {
      await iam.send(new PutRolePolicyCommand({ RoleName: role as string, PolicyName: name as string, PolicyDocument: policy as string }));
      return {};
    },
    read: async ({ iam }, { name, role }) => {
      const found = await iam.send(new GetRolePolicyCommand({ RoleName: role as string, PolicyName: name as string }));
      return { name: found.PolicyName, role: found.RoleName, policy: decoded(found.PolicyDocument) };
    },
  },
  {
    type: "aws:iam/policy:Policy",
    create: async ({ iam }, { name, path, description, policy, tags }) => {
      const { Policy } = await iam.send(
        new CreatePolicyCommand({
          PolicyName: name as string,
          Path: path as string,
          Description: description as string,
          PolicyDocument: policy as string,
          Tags: tagList(tags),
        }),
      );
      return { id: Policy?.Arn, arn: Policy?.Arn };
    },
    read: async ({ iam }, _, { arn }) => {
      const PolicyArn = String(arn);
      const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
      const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId ?? "v1" }));
      return {
        name: Policy?.PolicyName,
        path: Policy?.Path,
        description: Policy?.Description,
        policy: decoded(PolicyVersion?.Document),
        tags: tagMap(Policy?.Tags),
      };
    },
  },
  {
    type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    create: async ({ iam }, { role, policyArn }) => {
      await iam.send(new AttachRolePolicyCommand({ RoleName: role as string, PolicyArn: policyArn as string }));
      return {};
    },
    read: async ({ iam }, { role, policyArn }) => {
      const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: role as string }));
      return { role, policyArn: AttachedPolicies.find(({ PolicyArn }) => PolicyArn === policyArn)?.PolicyArn };
    },
  },
];
