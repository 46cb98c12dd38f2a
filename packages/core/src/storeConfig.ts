import { z } from "zod";
import { refuse } from "./refuse.js";
import { STORE_URL_FORMS, storeUrlProblem } from "./storeUrl.js";

const urlSchema = z.string().superRefine((url, context) => {
  const problem = storeUrlProblem(url);
  if (problem) refuse(context, { ...problem, allowed: STORE_URL_FORMS });
});

const endpointSchema = z
  .url({ protocol: /^https?$/, error: "this is not the address of a server: write https://host:port" })
  .refine((url) => !/\/\/[^/]*@/.test(url), {
    error: "an address with a user name or a password in it is refused: this file is read by many",
    params: { hidden: true, next: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use the machine's own role" },
  });

/** Where recovery points live. */
export const storeSchema = z
  .strictObject({
    url: urlSchema.describe("file:///absolute/folder or s3://bucket/prefix."),
    endpoint: endpointSchema.optional().describe("S3: address of a server that is not AWS."),
    region: z.string().min(1).optional().describe("S3: defaults to AWS_REGION, then to us-east-1."),
    forcePathStyle: z
      .boolean()
      .default(false)
      .describe("S3: put the bucket in the path instead of the host name, as many S3 servers need. Defaults to false."),
    checksums: z
      .enum(["when_supported", "when_required"])
      .default("when_supported")
      .describe("S3: when_required for servers that refuse the newer checksum headers. Defaults to when_supported."),
  })
  .superRefine(({ url, endpoint, region, forcePathStyle, checksums }, context) => {
    if (!/^file:/i.test(url)) return;
    const set = { endpoint, region, forcePathStyle: forcePathStyle || undefined, checksums: checksums === "when_required" || undefined };
    for (const [name, value] of Object.entries(set)) {
      if (value !== undefined)
        refuse(context, { reason: "this concerns S3 only, and the store is a folder", next: "remove it, or correct store.url" }, [name]);
    }
  })
  .describe("Where recovery points live. Credentials come from the environment or its files, never from here.");
