import { uuidOf } from "../../uuidOf.js";
import { ACCOUNT, awsKind, changeable, chosen, replacing, textOf, told } from "../awsKind.js";

const named = { name: { onChange: "replace", autonamed: true } } as const;
const replacingSet = { onChange: "replace", set: true } as const;

function vaultArn(region: string, name: unknown): string {
  return `arn:aws:backup:${region}:${ACCOUNT}:backup-vault:${textOf(name, "vault")}`;
}

export const backupKinds = [
  awsKind({
    type: "aws:backup/vault:Vault",
    source: "internal/service/backup/vault.go",
    properties: {
      ...named,
      forceDestroy: { onChange: "update", default: false },
      kmsKeyArn: { onChange: "replace", computed: true },
      recoveryPoints: told,
    },
    computed: ({ name }, { region }) => ({
      id: textOf(name, "vault"),
      outputs: { arn: vaultArn(region, name), kmsKeyArn: `arn:aws:kms:${region}:${ACCOUNT}:key/aws-backup`, recoveryPoints: 0 },
    }),
  }),
  // There is no update: each change is a replacement.
  awsKind({
    type: "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    source: "internal/service/backup/vault_lock_configuration.go",
    untagged: true,
    properties: {
      backupVaultName: { onChange: "replace", required: true },
      changeableForDays: replacing,
      maxRetentionDays: replacing,
      minRetentionDays: replacing,
      backupVaultArn: told,
    },
    computed: ({ backupVaultName }, { region }) => ({
      id: textOf(backupVaultName, "vault"),
      outputs: { backupVaultArn: vaultArn(region, backupVaultName) },
    }),
  }),
  awsKind({
    type: "aws:backup/vaultPolicy:VaultPolicy",
    source: "internal/service/backup/vault_policy.go",
    untagged: true,
    properties: {
      backupVaultName: { onChange: "replace", required: true },
      policy: { onChange: "update", required: true },
      backupVaultArn: told,
    },
    computed: ({ backupVaultName }, { region }) => ({
      id: textOf(backupVaultName, "vault"),
      outputs: { backupVaultArn: vaultArn(region, backupVaultName) },
    }),
  }),
  awsKind({
    type: "aws:backup/plan:Plan",
    source: "internal/service/backup/plan.go",
    properties: {
      ...named,
      advancedBackupSettings: { onChange: "update", set: true },
      rules: { onChange: "update", required: true, set: true },
      scanSettings: { onChange: "update", set: true },
      version: told,
    },
    computed: (_, { name, region }) => {
      const id = uuidOf(name);
      return { id, outputs: { arn: `arn:aws:backup:${region}:${ACCOUNT}:backup-plan:${id}`, version: uuidOf(`${name} version`) } };
    },
  }),
  // There is no update: each change is a replacement.
  awsKind({
    type: "aws:backup/selection:Selection",
    source: "internal/service/backup/selection.go",
    untagged: true,
    properties: {
      ...named,
      conditions: { ...replacingSet, computed: true },
      iamRoleArn: { onChange: "replace", required: true },
      notResources: { ...replacingSet, computed: true },
      planId: { onChange: "replace", required: true },
      resources: replacingSet,
      selectionTags: replacingSet,
    },
    computed: (_, { name }) => ({ id: uuidOf(name), outputs: { conditions: [], notResources: [] } }),
  }),
  awsKind({
    type: "aws:backup/restoreTestingPlan:RestoreTestingPlan",
    source: "internal/service/backup/restore_testing_plan.go",
    properties: {
      ...named,
      recoveryPointSelection: { onChange: "update", required: true },
      "recoveryPointSelection.algorithm": changeable,
      "recoveryPointSelection.excludeVaults": { onChange: "update", computed: true, set: true },
      "recoveryPointSelection.includeVaults": { onChange: "update", set: true },
      "recoveryPointSelection.recoveryPointTypes": { onChange: "update", set: true },
      "recoveryPointSelection.selectionWindowDays": chosen,
      scheduleExpression: { onChange: "update", required: true },
      scheduleExpressionTimezone: chosen,
      startWindowHours: chosen,
    },
    computed: ({ name }, { region }) => {
      const id = textOf(name, "plan");
      const outputs = { arn: `arn:aws:backup:${region}:${ACCOUNT}:restore-testing-plan:${id}-${uuidOf(id)}` };
      return { id, outputs: { ...outputs, scheduleExpressionTimezone: "Etc/UTC", startWindowHours: 24 } };
    },
  }),
  awsKind({
    type: "aws:backup/restoreTestingSelection:RestoreTestingSelection",
    source: "internal/service/backup/restore_testing_selection.go",
    untagged: true,
    properties: {
      ...named,
      iamRoleArn: { onChange: "update", required: true },
      protectedResourceArns: { onChange: "update", computed: true, set: true },
      protectedResourceConditions: changeable,
      protectedResourceType: { onChange: "replace", required: true },
      restoreMetadataOverrides: chosen,
      restoreTestingPlanName: { onChange: "replace", required: true },
      validationWindowHours: chosen,
    },
    computed: ({ name, restoreTestingPlanName }) => ({
      id: `${textOf(name, "selection")}:${textOf(restoreTestingPlanName, "plan")}`,
      outputs: { protectedResourceArns: [], restoreMetadataOverrides: {}, validationWindowHours: 0 },
    }),
  }),
];
