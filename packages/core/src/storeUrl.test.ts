import { expect, test } from "vitest";
import { storeUrlProblem } from "./storeUrl.js";

test.each([
  "file:///var/backups",
  "file:///var/backups/",
  "file:///with%20space/%C3%A9",
  "s3://bucket",
  "s3://bucket/",
  "s3://my.bucket-1/some/prefix/",
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
  ["gs://bucket/x", "no store of the kind gs://"],
])("%s is refused", (url, reason) => expect(storeUrlProblem(url)?.reason).toContain(reason));

test("a path is answered with the URL it means", () => expect(storeUrlProblem("/var/backups")?.next).toBe("write file:///var/backups"));
