import { afterAll, beforeAll, describe } from "vitest";
import { startS3, type TestS3 } from "../support/s3Server.js";
import { storeConformance } from "./storeConformance.js";
import { bucketUnderTest, folderUnderTest } from "./storeUnderTest.js";

storeConformance("a folder", folderUnderTest);

describe("S3", () => {
  let server: TestS3;
  beforeAll(async () => {
    server = await startS3();
  });
  afterAll(() => server?.stop());

  storeConformance("a bucket", () => bucketUnderTest(server));
  storeConformance("a prefix in a bucket, with Content-MD5 instead of the newer checksums", () =>
    bucketUnderTest(server, "backups/production", { checksums: "when_required" }),
  );
});
