import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  ListAliasesCommand,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
} from "@aws-sdk/client-kms";
import type { Replayer } from "../Replayer.js";

export const kmsReplayers: Replayer[] = [
  {
    type: "aws:kms/key:Key",
    providersOwn: ["bypassPolicyLockoutSafetyCheck", "deletionWindowInDays"],
    untold: ["rotationPeriodInDays"],
    create: async ({ kms }, { description, policy, tags, enableKeyRotation, rotationPeriodInDays, keyUsage, customerMasterKeySpec }) => {
      const { KeyMetadata } = await kms.send(
        new CreateKeyCommand({
          Description: description as string,
          Policy: policy as string,
          KeyUsage: keyUsage as "ENCRYPT_DECRYPT",
          KeySpec: customerMasterKeySpec as "SYMMETRIC_DEFAULT",
          Tags: Object.entries((tags ?? {}) as Record<string, string>).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
        }),
      );
      const id = KeyMetadata?.KeyId ?? "";
      if (enableKeyRotation === true)
        await kms.send(new EnableKeyRotationCommand({ KeyId: id, RotationPeriodInDays: rotationPeriodInDays as number }));
      return { id, keyId: id, arn: KeyMetadata?.Arn ?? "" };
    },
    read: async ({ kms }, _, { id }) => {
      const KeyId = String(id);
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
      const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: "default" }));
      const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId }));
      const rotation = await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
      return {
        description: KeyMetadata?.Description,
        policy: Policy,
        keyUsage: KeyMetadata?.KeyUsage,
        customerMasterKeySpec: KeyMetadata?.KeySpec,
        isEnabled: KeyMetadata?.Enabled,
        multiRegion: KeyMetadata?.MultiRegion,
        enableKeyRotation: rotation.KeyRotationEnabled,
        tags: Object.fromEntries(Tags.map(({ TagKey = "", TagValue = "" }) => [TagKey, TagValue])),
      };
    },
  },
  {
    type: "aws:kms/keyPolicy:KeyPolicy",
    providersOwn: ["bypassPolicyLockoutSafetyCheck"],
    create: async ({ kms }, { keyId, policy }) => {
      await kms.send(new PutKeyPolicyCommand({ KeyId: keyId as string, PolicyName: "default", Policy: policy as string }));
      return {};
    },
    read: async ({ kms }, { keyId }) => {
      const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId: keyId as string, PolicyName: "default" }));
      return { keyId, policy: Policy };
    },
  },
  {
    type: "aws:kms/alias:Alias",
    create: async ({ kms }, { name, targetKeyId }) => {
      await kms.send(new CreateAliasCommand({ AliasName: name as string, TargetKeyId: targetKeyId as string }));
      return { id: name };
    },
    read: async ({ kms }, { name, targetKeyId }) => {
      const { Aliases = [] } = await kms.send(new ListAliasesCommand({ KeyId: targetKeyId as string }));
      const alias = Aliases.find(({ AliasName }) => AliasName === name);
      // The provider takes a key's id or its ARN; AWS tells the id.
      const given = String(targetKeyId);
      return { name: alias?.AliasName, targetKeyId: given.endsWith(alias?.TargetKeyId ?? "none") ? given : alias?.TargetKeyId };
    },
  },
];
