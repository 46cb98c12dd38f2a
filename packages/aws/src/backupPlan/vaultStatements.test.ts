import { expect, it } from "vitest";
import { policyDocument } from "../iam/policyDocument.js";
import { vaultStatements } from "./vaultStatements.js";

const admin = "arn:aws:iam::123456789012:role/backup-admin";

it("without administrators nobody deletes or shortens a recovery point, and whoever deploys can still change the policy", () => {
  const [statement] = vaultStatements([]);
  expect(statement).toMatchObject({
    effect: "Deny",
    principal: "*",
    actions: ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"],
  });
  expect(statement?.conditions).toBeUndefined();
});

it("with administrators nobody else does, nor changes the policy that says so", () => {
  const [statement] = vaultStatements([admin]);
  expect(statement?.actions).toEqual(expect.arrayContaining(["backup:PutBackupVaultAccessPolicy", "backup:DeleteBackupVaultAccessPolicy"]));
  expect(statement?.conditions).toEqual({ ArnNotLike: { "aws:PrincipalArn": [admin] } });
});

it("names no action by a wildcard, which AWS Backup refuses", () => {
  for (const { actions } of vaultStatements([admin])) expect(actions.join()).not.toContain("*");
  expect(() => policyDocument(vaultStatements([admin]))).not.toThrow();
});
