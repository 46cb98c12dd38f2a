import { afterAll, beforeAll, describe } from "vitest";
import { startAzurite, type TestAzurite } from "../support/azuriteServer.js";
import { startGcs, type TestGcs } from "../support/gcsServer.js";
import { type AnyS3, startMoto } from "../support/motoServer.js";
import { startS3, type TestS3 } from "../support/s3Server.js";
import { storeConformance } from "./storeConformance.js";
import { azureUnderTest, bucketUnderTest, folderUnderTest, gcsUnderTest } from "./storeUnderTest.js";

storeConformance("a folder", folderUnderTest);

describe("S3 (versitygw)", () => {
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

describe("S3 (moto)", () => {
  let server: AnyS3;
  beforeAll(async () => {
    server = await startMoto();
  });
  afterAll(() => server?.stop());

  storeConformance("a prefix in a bucket", () => bucketUnderTest(server, "backups"));
});

describe("Google Cloud Storage (fake-gcs-server, with Google's own rules in front of it)", () => {
  let server: TestGcs;
  beforeAll(async () => {
    server = await startGcs();
  });
  afterAll(() => server?.stop());

  storeConformance("a prefix in a bucket", () => gcsUnderTest(server, "backups"));
});

describe("Azure Blob Storage (azurite)", () => {
  let server: TestAzurite;
  beforeAll(async () => {
    server = await startAzurite();
  });
  afterAll(() => server?.stop());

  storeConformance("a prefix in a container", () => azureUnderTest(server, "backups"));
});
