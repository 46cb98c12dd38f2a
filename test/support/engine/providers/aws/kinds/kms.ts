import { uuidOf } from "../../uuidOf.js";
import { ACCOUNT, awsKind, changeable, chosen, replacing, textOf, told } from "../awsKind.js";

export const kmsKinds = [
  awsKind({
    type: "aws:kms/key:Key",
    source: "internal/service/kms/key.go",
    properties: {
      bypassPolicyLockoutSafetyCheck: { onChange: "update", default: false },
      customKeyStoreId: replacing,
      customerMasterKeySpec: { onChange: "replace", default: "SYMMETRIC_DEFAULT" },
      deletionWindowInDays: changeable,
      description: chosen,
      enableKeyRotation: changeable,
      isEnabled: { onChange: "update", default: true },
      keyUsage: { onChange: "replace", default: "ENCRYPT_DECRYPT" },
      multiRegion: { onChange: "replace", computed: true },
      policy: chosen,
      rotationPeriodInDays: chosen,
      xksKeyId: replacing,
      keyId: told,
    },
    computed: (_, { name, region }) => {
      const id = uuidOf(name);
      return { id, outputs: { arn: `arn:aws:kms:${region}:${ACCOUNT}:key/${id}`, keyId: id, multiRegion: false } };
    },
  }),
  awsKind({
    type: "aws:kms/keyPolicy:KeyPolicy",
    source: "internal/service/kms/key_policy.go",
    untagged: true,
    properties: {
      bypassPolicyLockoutSafetyCheck: { onChange: "update", default: false },
      keyId: { onChange: "update", required: true },
      policy: { onChange: "update", required: true },
    },
    computed: ({ keyId }) => ({ id: textOf(keyId, "key"), outputs: {} }),
  }),
  awsKind({
    type: "aws:kms/alias:Alias",
    source: "internal/service/kms/alias.go",
    untagged: true,
    properties: {
      name: { onChange: "replace", autonamed: true },
      namePrefix: replacing,
      // A key's id and its ARN are the same key to the source; here the ARN is always given.
      targetKeyId: { onChange: "update", required: true },
      targetKeyArn: told,
      arn: told,
    },
    computed: ({ name, targetKeyId }, { region }) => {
      const id = textOf(name, "alias/key");
      return { id, outputs: { arn: `arn:aws:kms:${region}:${ACCOUNT}:${id}`, targetKeyArn: textOf(targetKeyId, "key") } };
    },
  }),
];
