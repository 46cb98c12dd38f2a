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
];
