import { RETENTION_CLASS_TAG } from "@pgkeep/core";
import type { PolicyStatement } from "../iam/policyDocument.js";
import type { PolicedStore } from "./storePolicies.js";

const EVERYBODY = "a refusal holds for everybody, whoever may else do what";

/** What a bucket refuses whatever else somebody may do. It allows nothing: rights come from the principals' own policies. */
export function bucketPolicyStatements(store: Omit<PolicedStore, "clusters">): PolicyStatement[] {
  const { bucketArn, kmsKeyArn, prefix, tagged } = store;
  const objects = `${bucketArn}/${prefix === "" ? "" : `${prefix}/`}*`;
  const refuse = (sid: string, actions: string[], conditions: PolicyStatement["conditions"]): PolicyStatement => ({
    sid,
    effect: "Deny",
    principal: "*",
    actions,
    resources: [objects],
    ...(conditions === undefined ? {} : { conditions }),
    because: EVERYBODY,
  });
  return [
    {
      ...refuse("TlsOnly", ["s3:*"], { Bool: { "aws:SecureTransport": "false" } }),
      resources: [bucketArn, `${bucketArn}/*`],
      because: `${EVERYBODY}; no request at all is answered without TLS`,
    },
    ...(kmsKeyArn === undefined ? [] : encryptionStatements(refuse, kmsKeyArn)),
    /*
     * A plain PUT over a locked object would be served: S3 keeps the version, and readers get the other. Only what makes an object appear can bear the
     * header, so the parts of an upload are exempt; CopyObject is refused, and the agent never copies so.
     * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
     */
    refuse("CreateOnly", ["s3:PutObject"], {
      Null: { "s3:if-none-match": "true" },
      Bool: { "s3:ObjectCreationOperation": "true" },
    }),
    ...(tagged ? [classStays(refuse)] : []),
  ];
}

type Refuse = (sid: string, actions: string[], conditions: PolicyStatement["conditions"]) => PolicyStatement;

/** A request without these headers gets the bucket's own encryption. `Null` asks whether one is there, for a key that is missing differs from all values. */
function encryptionStatements(refuse: Refuse, kmsKeyArn: string): PolicyStatement[] {
  return [
    refuse("NoOtherEncryption", ["s3:PutObject"], {
      Null: { "s3:x-amz-server-side-encryption": "false" },
      StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
    }),
    refuse("NoOtherKey", ["s3:PutObject"], {
      Null: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "false" },
      StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": kmsKeyArn },
    }),
    refuse("NoCustomerKeys", ["s3:PutObject"], { Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } }),
  ];
}

/** Whoever may tag what he writes may also tag what is there, and another class is another end. So a class, once written, stays. */
function classStays(refuse: Refuse): PolicyStatement {
  return refuse(
    "ClassStays",
    ["s3:PutObjectTagging", "s3:PutObjectVersionTagging", "s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"],
    { Null: { [`s3:ExistingObjectTag/${RETENTION_CLASS_TAG}`]: "false" } },
  );
}
