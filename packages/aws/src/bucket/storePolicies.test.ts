import { storeLayout } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { policyDocument, wildcards } from "../iam/policyDocument.js";
import { namedClusters, type PolicedStore, STORE_PRINCIPALS, STORE_STATEMENTS, type StorePrincipal } from "./storePolicies.js";

const store: PolicedStore = {
  bucketArn: "arn:aws:s3:::acme-backups",
  kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  prefix: "postgres",
  clusters: ["orders"],
  tagged: false,
};
const actionsOf = (principal: StorePrincipal, change: Partial<PolicedStore> = {}) =>
  STORE_STATEMENTS[principal]({ ...store, ...change }).flatMap(({ actions }) => actions);

describe("the rights of", () => {
  it("the writer, and no other", () => {
    expect(actionsOf("writer")).toEqual([
      "s3:ListBucket",
      "s3:PutObject",
      "s3:AbortMultipartUpload",
      "s3:GetObject",
      "kms:GenerateDataKey",
      "kms:Decrypt",
    ]);
    const more = actionsOf("writer", { tagged: true }).filter((action) => !actionsOf("writer").includes(action));
    expect(more).toEqual(["s3:PutObjectTagging", "s3:GetLifecycleConfiguration"]);
  });

  it.each(STORE_PRINCIPALS)("the %s name the clusters of the store, and nothing beside them", (principal) => {
    const resources = STORE_STATEMENTS[principal](store).flatMap(({ resources = [] }) => resources);
    const allowed = [store.bucketArn, store.kmsKeyArn];
    for (const resource of resources) {
      expect(allowed.includes(resource) || resource.startsWith(`${store.bucketArn}/postgres/orders/`), resource).toBe(true);
    }
  });

  it.each(STORE_PRINCIPALS)("the %s hold no wildcard of actions, and give a reason for each of resources", (principal) => {
    const statements = STORE_STATEMENTS[principal](store);
    expect(statements.flatMap(({ actions }) => actions).filter((action) => action.includes("*"))).toEqual([]);
    for (const { because } of wildcards(statements)) expect(because).toMatch(/recovery points get their names/);
    expect(() => policyDocument(statements)).not.toThrow();
  });

  it("a store without a KMS key have none of KMS", () => {
    for (const principal of STORE_PRINCIPALS) {
      expect(actionsOf(principal, { kmsKeyArn: undefined }).filter((action) => action.startsWith("kms:"))).toEqual([]);
    }
  });

  it("a key go through S3 of its own Region and partition", () => {
    const viaOf = (kmsKeyArn: string) =>
      STORE_STATEMENTS.reader({ ...store, kmsKeyArn }).find(({ sid }) => sid === "UseKeyThroughS3")?.conditions?.StringEquals;
    expect(viaOf("arn:aws:kms:us-west-2:123456789012:key/a")).toEqual({ "kms:ViaService": "s3.us-west-2.amazonaws.com" });
    expect(viaOf("arn:aws-cn:kms:cn-north-1:123456789012:key/a")).toEqual({ "kms:ViaService": "s3.cn-north-1.amazonaws.com.cn" });
  });

  it("readers of the store cover every folder that the layout has", () => {
    const layout = storeLayout("orders");
    const keys = Object.values(layout).filter((value): value is string => typeof value === "string");
    const [pattern = ""] = STORE_STATEMENTS.reader(store).find(({ sid }) => sid === "ReadRecoveryPoints")?.resources ?? [];
    for (const key of [...keys, layout.doctor("run")])
      expect(`${store.bucketArn}/postgres/${key}`.startsWith(pattern.slice(0, -1))).toBe(true);
  });
});

describe("a policy fits into IAM", () => {
  const clusters = (count: number) => Array.from({ length: count }, (_, index) => `cluster-${index}`);
  const longest = (named: string[]) =>
    Math.max(
      ...STORE_PRINCIPALS.map(
        (principal) =>
          policyDocument(
            STORE_STATEMENTS[principal]({ ...store, bucketArn: `arn:aws-us-gov:s3:::${"x".repeat(63)}`, clusters: named, tagged: true }),
          ).length,
      ),
    );

  it.each([1, 2, 3, 4, 5, 20, 1000])("of a store with %i clusters", (count) => {
    const named = namedClusters({ ...store, clusters: clusters(count), tagged: true });
    expect(longest(named)).toBeLessThanOrEqual(6144);
    if (count <= 3) expect(named).toEqual(clusters(count));
    if (longest(clusters(count)) > 6144) expect(named).toEqual(["*"]);
  });

  it("and tells why it then names no cluster", () => {
    const statements = STORE_STATEMENTS.writer({ ...store, clusters: ["*"] });
    for (const { because } of wildcards(statements)) expect(because).toMatch(/longer than IAM takes/);
    expect(statements[1]?.resources?.[0]).toBe("arn:aws:s3:::acme-backups/postgres/*/points/*");
  });
});
