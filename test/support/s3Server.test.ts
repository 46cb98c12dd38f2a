import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missingS3, startS3, type TestS3 } from "./s3Server.js";

describe.skipIf(missingS3())("an S3 server for tests", () => {
  let s3: TestS3;
  beforeAll(async () => {
    s3 = await startS3();
  });
  afterAll(() => s3.stop());

  it("refuses a second create-only write", async () => {
    await s3.createBucket("create-only");
    const put = (body: string) => s3.client.send(new PutObjectCommand({ Bucket: "create-only", Key: "k", Body: body, IfNoneMatch: "*" }));
    await put("first");
    await expect(put("second")).rejects.toMatchObject({ name: "PreconditionFailed" });
  });

  it("keeps versions, and refuses to delete a locked one", async () => {
    await s3.createBucket("locked", { objectLock: { mode: "COMPLIANCE", days: 1 } });
    await s3.client.send(new PutObjectCommand({ Bucket: "locked", Key: "k", Body: "kept" }));
    await s3.client.send(new DeleteObjectCommand({ Bucket: "locked", Key: "k" }));
    const { Versions } = await s3.client.send(new ListObjectVersionsCommand({ Bucket: "locked" }));
    const version = Versions?.[0]?.VersionId;
    expect(version).toBeDefined();
    await expect(s3.client.send(new DeleteObjectCommand({ Bucket: "locked", Key: "k", VersionId: version }))).rejects.toThrow(/denied/i);
  });

  it("lets a user do what a policy grants, and no more", async () => {
    await s3.createBucket("private");
    const user = await s3.createUser();
    const client = new S3Client({
      endpoint: s3.endpoint,
      region: s3.region,
      forcePathStyle: true,
      credentials: { accessKeyId: user.accessKey, secretAccessKey: user.secretKey },
    });
    const read = () => client.send(new GetObjectCommand({ Bucket: "private", Key: "k" }));
    await s3.client.send(new PutObjectCommand({ Bucket: "private", Key: "k", Body: "secret" }));
    await expect(read()).rejects.toThrow(/denied/i);
    const grant = { Effect: "Allow", Principal: [user.accessKey], Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::private/*"] };
    await s3.client.send(new PutBucketPolicyCommand({ Bucket: "private", Policy: JSON.stringify({ Statement: [grant] }) }));
    expect(await (await read()).Body?.transformToString()).toBe("secret");
    await expect(client.send(new PutObjectCommand({ Bucket: "private", Key: "k2", Body: "" }))).rejects.toThrow(/denied/i);
    client.destroy();
  });

  it("keeps what it stored over a kill", async () => {
    await s3.createBucket("durable");
    await s3.client.send(new PutObjectCommand({ Bucket: "durable", Key: "k", Body: "still here" }));
    await s3.kill();
    await s3.start();
    const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: "durable", Key: "k" }));
    expect(await Body?.transformToString()).toBe("still here");
  });
});
