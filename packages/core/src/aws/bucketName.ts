import { storeUrlProblem } from "../storeUrl.js";

/**
 * What is wrong with the name of a bucket that is to be made, or nothing.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export function newBucketNameProblem(name: string): string | undefined {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) return "a bucket's name has 3 to 63 lower-case letters, digits and hyphens";
  if (name.includes(".")) return "with a dot in the name the certificate of S3 does not cover the bucket's host name";
  if (/^(xn--|sthree-|amzn-s3-demo-)/.test(name) || /(-s3alias|--ol-s3|--x-s3|--table-s3)$/.test(name)) {
    return "S3 keeps this beginning or end for itself";
  }
  return undefined;
}

/** What is wrong with the part of a store's URL behind the bucket, or nothing. */
export function storePrefixProblem(prefix: string): string | undefined {
  if (prefix === "") return "this is empty";
  if (prefix.startsWith("/") || prefix.endsWith("/")) return "a prefix neither begins nor ends with a slash";
  // S3 takes 1024 bytes for a whole key, and the agent needs some 300 of them.
  if (prefix.length > 512) return "this leaves too little of the 1024 bytes that a key may have";
  return storeUrlProblem(`s3://bucket/${prefix}`)?.reason;
}
