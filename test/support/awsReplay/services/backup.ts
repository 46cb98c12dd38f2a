import {
  type BackupRule,
  type BackupRuleInput,
  CreateBackupPlanCommand,
  CreateBackupVaultCommand,
  DescribeBackupVaultCommand,
  GetBackupPlanCommand,
  PutBackupVaultLockConfigurationCommand,
} from "@aws-sdk/client-backup";
import { type Properties, pulumiNames, type Replayer, sdkNames } from "../Replayer.js";

export const backupReplayers: Replayer[] = [
  {
    type: "aws:backup/vault:Vault",
    providersOwn: ["forceDestroy"],
    untold: ["tags"],
    create: async ({ backup }, { name, kmsKeyArn, tags }) => {
      const { BackupVaultArn } = await backup.send(
        new CreateBackupVaultCommand({
          BackupVaultName: name as string,
          EncryptionKeyArn: kmsKeyArn as string,
          BackupVaultTags: (tags ?? {}) as Record<string, string>,
        }),
      );
      return { id: name, arn: BackupVaultArn };
    },
    read: async ({ backup }, { name }) => {
      const vault = await backup.send(new DescribeBackupVaultCommand({ BackupVaultName: name as string }));
      return { name: vault.BackupVaultName, kmsKeyArn: vault.EncryptionKeyArn };
    },
  },
  {
    type: "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    untold: ["changeableForDays"],
    create: async ({ backup }, { backupVaultName, changeableForDays, maxRetentionDays, minRetentionDays }) => {
      await backup.send(
        new PutBackupVaultLockConfigurationCommand({
          BackupVaultName: backupVaultName as string,
          ChangeableForDays: changeableForDays as number,
          MaxRetentionDays: maxRetentionDays as number,
          MinRetentionDays: minRetentionDays as number,
        }),
      );
      return {};
    },
    read: async ({ backup }, { backupVaultName }) => {
      const vault = await backup.send(new DescribeBackupVaultCommand({ BackupVaultName: backupVaultName as string }));
      return { backupVaultName: vault.BackupVaultName, maxRetentionDays: vault.MaxRetentionDays, minRetentionDays: vault.MinRetentionDays };
    },
  },
  {
    type: "aws:backup/plan:Plan",
    untold: ["tags"],
    create: async ({ backup }, { name, rules, tags }) => {
      const { BackupPlanId, BackupPlanArn } = await backup.send(
        new CreateBackupPlanCommand({
          BackupPlan: { BackupPlanName: name as string, Rules: (rules as Properties[]).map(ruleOf) },
          BackupPlanTags: (tags ?? {}) as Record<string, string>,
        }),
      );
      return { id: BackupPlanId, arn: BackupPlanArn };
    },
    read: async ({ backup }, _, { id }) => {
      const { BackupPlan } = await backup.send(new GetBackupPlanCommand({ BackupPlanId: String(id) }));
      return { name: BackupPlan?.BackupPlanName, rules: BackupPlan?.Rules?.map(ruleBack) };
    },
  },
];

/** Names that are others in the API. */
const RULE_NAMES: Record<string, string> = {
  schedule: "scheduleExpression",
  startWindow: "startWindowMinutes",
  completionWindow: "completionWindowMinutes",
  targetVaultName: "targetBackupVaultName",
};

function ruleOf({ lifecycle, copyActions, recoveryPointTags, ...rule }: Properties): BackupRuleInput {
  const copies = copyActions as { destinationVaultArn: string; lifecycle?: Properties }[] | undefined;
  const plain = Object.fromEntries(Object.entries(rule).map(([key, value]) => [renamedRule(key), value]));
  return {
    ...(sdkNames(plain) as { RuleName: string; TargetBackupVaultName: string }),
    ...(lifecycle === undefined ? {} : { Lifecycle: lifecycleOf(lifecycle as Properties) }),
    ...(recoveryPointTags === undefined ? {} : { RecoveryPointTags: recoveryPointTags as Record<string, string> }),
    ...(copies === undefined
      ? {}
      : {
          CopyActions: copies.map(({ destinationVaultArn, lifecycle: kept }) => ({
            DestinationBackupVaultArn: destinationVaultArn,
            ...(kept === undefined ? {} : { Lifecycle: lifecycleOf(kept) }),
          })),
        }),
  };
}

const renamedRule = (key: string) => RULE_NAMES[key] ?? key;

function lifecycleOf({ coldStorageAfter, deleteAfter, optInToArchiveForSupportedResources }: Properties) {
  return {
    ...(coldStorageAfter === undefined ? {} : { MoveToColdStorageAfterDays: coldStorageAfter as number }),
    ...(deleteAfter === undefined ? {} : { DeleteAfterDays: deleteAfter as number }),
    ...(optInToArchiveForSupportedResources === undefined
      ? {}
      : { OptInToArchiveForSupportedResources: optInToArchiveForSupportedResources as boolean }),
  };
}

function lifecycleBack(lifecycle: BackupRule["Lifecycle"]): Properties | undefined {
  if (lifecycle === undefined) return undefined;
  const { MoveToColdStorageAfterDays, DeleteAfterDays, OptInToArchiveForSupportedResources } = lifecycle;
  return {
    coldStorageAfter: MoveToColdStorageAfterDays,
    deleteAfter: DeleteAfterDays,
    optInToArchiveForSupportedResources: OptInToArchiveForSupportedResources,
  };
}

function ruleBack({ RuleId: _id, Lifecycle, CopyActions, RecoveryPointTags, ...rule }: BackupRule): Properties {
  const back = pulumiNames(rule) as Properties;
  return {
    ...Object.fromEntries(
      Object.entries(back).map(([key, value]) => [Object.entries(RULE_NAMES).find(([, name]) => name === key)?.[0] ?? key, value]),
    ),
    ...(Lifecycle === undefined ? {} : { lifecycle: lifecycleBack(Lifecycle) }),
    ...(RecoveryPointTags === undefined ? {} : { recoveryPointTags: RecoveryPointTags }),
    ...(CopyActions === undefined || CopyActions.length === 0
      ? {}
      : {
          copyActions: CopyActions.map((copy) => ({
            destinationVaultArn: copy.DestinationBackupVaultArn,
            ...(copy.Lifecycle === undefined ? {} : { lifecycle: lifecycleBack(copy.Lifecycle) }),
          })),
        }),
  };
}
