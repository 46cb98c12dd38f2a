import { AttachedProvider } from "../AttachedProvider.js";
import type { PropertyRule } from "../ResourceKind.js";
import { recordedKind } from "../recordedKind.js";
import { uuidOf } from "../uuidOf.js";

const changeable: PropertyRule = { onChange: "update" };
const replacing: PropertyRule = { onChange: "replace" };
const told: PropertyRule = { onChange: "update", output: true };
const upstream = "https://github.com/hashicorp/terraform-provider-aws/blob/v6.30.0";
const account = "123456789012";

/** STAND-IN for @pulumi/aws: keys are recorded, no account has them. What else a component uses is added here. */
export function awsProvider(): AttachedProvider<undefined> {
  return new AttachedProvider({
    name: "aws",
    version: "7.48.0",
    bridged: true,
    configuration: {
      source: `${upstream}/internal/provider/sdkv2/provider.go`,
      properties: {
        region: changeable,
        accessKey: changeable,
        secretKey: changeable,
        profile: changeable,
        skipCredentialsValidation: { onChange: "update", encoded: true },
        skipMetadataApiCheck: { onChange: "update", encoded: true },
        skipRegionValidation: { onChange: "update", encoded: true },
        skipRequestingAccountId: { onChange: "update", encoded: true },
      },
    },
    kinds: [
      recordedKind({
        type: "aws:kms/key:Key",
        source: `${upstream}/internal/service/kms/key.go`,
        properties: {
          bypassPolicyLockoutSafetyCheck: { onChange: "update", default: false },
          customKeyStoreId: replacing,
          customerMasterKeySpec: { onChange: "replace", default: "SYMMETRIC_DEFAULT" },
          deletionWindowInDays: changeable,
          description: { onChange: "update", computed: true },
          enableKeyRotation: changeable,
          isEnabled: { onChange: "update", default: true },
          keyUsage: { onChange: "replace", default: "ENCRYPT_DECRYPT" },
          multiRegion: { onChange: "replace", computed: true },
          policy: { onChange: "update", computed: true },
          // Of every resource since 6.0 of the source: another Region is another resource.
          region: { onChange: "replace", computed: true },
          rotationPeriodInDays: { onChange: "update", computed: true },
          tags: changeable,
          tagsAll: { onChange: "update", computed: true },
          xksKeyId: replacing,
          arn: told,
          keyId: told,
        },
        computed: ({ region }, name) => {
          const id = uuidOf(name);
          const where = typeof region === "string" ? region : "eu-central-1";
          return { id, outputs: { arn: `arn:aws:kms:${where}:${account}:key/${id}`, keyId: id, region: where, multiRegion: false } };
        },
      }),
    ],
    configure: () => undefined,
  });
}
