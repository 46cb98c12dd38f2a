import { ACCOUNT, awsKind, changeable, replacing, textOf, told } from "../awsKind.js";

const named = { name: { onChange: "replace", autonamed: true }, namePrefix: replacing } as const;

function arnOf(kind: "role" | "policy", path: unknown, name: string): string {
  return `arn:aws:iam::${ACCOUNT}:${kind}${textOf(path, "/")}${name}`;
}

export const iamKinds = [
  awsKind({
    type: "aws:iam/role:Role",
    source: "internal/service/iam/role.go",
    global: true,
    properties: {
      ...named,
      assumeRolePolicy: { onChange: "update", required: true },
      description: changeable,
      forceDetachPolicies: { onChange: "update", default: false },
      inlinePolicies: { onChange: "update", computed: true, set: true },
      managedPolicyArns: { onChange: "update", computed: true, set: true },
      maxSessionDuration: { onChange: "update", default: 3600 },
      path: { onChange: "replace", default: "/" },
      permissionsBoundary: changeable,
      createDate: told,
      uniqueId: told,
    },
    computed: ({ name, path }) => {
      const id = textOf(name, "role");
      const outputs = { arn: arnOf("role", path, id), createDate: "2026-01-01T00:00:00Z", uniqueId: `AROA${id.toUpperCase()}` };
      return { id, outputs: { ...outputs, inlinePolicies: [], managedPolicyArns: [] } };
    },
  }),
  awsKind({
    type: "aws:iam/rolePolicy:RolePolicy",
    source: "internal/service/iam/role_policy.go",
    global: true,
    untagged: true,
    properties: {
      ...named,
      policy: { onChange: "update", required: true },
      role: { onChange: "replace", required: true },
    },
    computed: ({ name, role }) => ({ id: `${textOf(role, "role")}:${textOf(name, "policy")}`, outputs: {} }),
  }),
  awsKind({
    type: "aws:iam/policy:Policy",
    source: "internal/service/iam/policy.go",
    global: true,
    properties: {
      ...named,
      delayAfterPolicyCreationInMs: changeable,
      description: replacing,
      path: { onChange: "replace", default: "/" },
      policy: { onChange: "update", required: true },
      attachmentCount: told,
      policyId: told,
    },
    computed: ({ name, path }) => {
      const arn = arnOf("policy", path, textOf(name, "policy"));
      return { id: arn, outputs: { arn, attachmentCount: 0, policyId: `ANPA${textOf(name, "policy").toUpperCase()}` } };
    },
  }),
  awsKind({
    type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    source: "internal/service/iam/role_policy_attachment.go",
    global: true,
    untagged: true,
    properties: {
      policyArn: { onChange: "replace", required: true },
      role: { onChange: "replace", required: true },
    },
    computed: ({ role, policyArn }) => ({ id: `${textOf(role, "role")}/${textOf(policyArn, "policy")}`, outputs: {} }),
  }),
];
