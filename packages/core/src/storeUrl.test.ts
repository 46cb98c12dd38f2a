import { expect, test } from "vitest";
import { storeUrlProblem } from "./storeUrl.js";

test.each([
  "file:///var/backups",
  "file:///var/backups/",
  "file:///with%20space/%C3%A9",
  "s3://bucket",
  "s3://bucket/",
  "s3://my.bucket-1/some/prefix/",
  "gs://bucket",
  "gs://bucket_1.example.org/some/prefix/",
  "azblob://container",
  "azblob://my-container/some/prefix/",
])("%s is a store", (url) => expect(storeUrlProblem(url)).toBeUndefined());

test.each([
  ["/var/backups", "this is a path"],
  ["backups", "this is not a URL"],
  ["file://backups", "must be absolute"],
  ["file:backups", "must be absolute"],
  ["file://./backups", "must be absolute"],
  ["file:///", "the root of the file system"],
  ["file:///a/../b", "without . and .."],
  ["file:///a/%2e%2e/b", "without . and .."],
  ["file:///a?b", "ends with its path"],
  ["file:///100%", "a percent sign"],
  ["file:///a%00b", "NUL"],
  ["s3://", "bucket's name"],
  ["s3://Bucket/x", "bucket's name"],
  ["s3://ab", "bucket's name"],
  ["s3://bucket/a//b", "the prefix"],
  ["s3://bucket/../b", "the prefix"],
  ["s3://bucket/a b", "the prefix"],
  ["s3://bucket/a?x=y", "the prefix"],
  ["s3://key:secret@bucket/x", "user name or a password"],
  ["https://minio:9000/bucket", "store.endpoint"],
  ["gs://", "bucket's name"],
  ["gs://Bucket/x", "bucket's name"],
  ["gs://bucket/a//b", "the prefix"],
  ["azblob://under_score/x", "container's name"],
  ["azblob://two--hyphens/x", "container's name"],
  ["azblob://$root", "container's name"],
  ["azblob://container/a?sv=2024&sig=x", "a key or a signature"],
  ["DefaultEndpointsProtocol=https;AccountName=a;AccountKey=x", "a key or a signature"],
  ["ftp://bucket/x", "no store of the kind ftp://"],
])("%s is refused", (url, reason) => expect(storeUrlProblem(url)?.reason).toContain(reason));

test.each([
  ["/var/backups", "write file:///var/backups"],
  ["https://minio:9000/bucket", "write s3://bucket/prefix here and the address there"],
  ["https://backups.blob.core.windows.net/shop/x", "write azblob://shop/prefix here and backups in store.account"],
  ["https://storage.googleapis.com/shop/x", "write gs://shop/prefix"],
  ["abfss://shop", "write azblob://container/prefix, and the account in store.account"],
  ["gcs://shop", "write gs://bucket/prefix"],
  ["gs://key:secret@bucket", "use GOOGLE_APPLICATION_CREDENTIALS (the path of a key's file), or the machine's own service account"],
  ["https://a.blob.core.windows.net/c?sig=x", "use AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or the machine's own identity"],
  ["azblob://key:secret@bucket", "use AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or the machine's own identity"],
])("%s is answered with what to write", (url, next) => expect(storeUrlProblem(url)?.next).toBe(next));
