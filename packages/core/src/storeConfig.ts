import { z } from "zod";
import { type Refusal, refuse } from "./refuse.js";
import { STORE_URL_FORMS, type StoreKind, storeKindOf, storeUrlProblem } from "./storeUrl.js";

const urlSchema = z.string().superRefine((url, context) => {
  const problem = storeUrlProblem(url);
  if (problem) refuse(context, { ...problem, allowed: STORE_URL_FORMS });
});

const endpointSchema = z
  .url({ protocol: /^https?$/, error: "this is not the address of a server: write https://host:port" })
  .refine((url) => !/\/\/[^/]*@/.test(url), {
    error: "an address with a user name or a password in it is refused: this file is read by many",
    params: {
      hidden: true,
      next: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (S3) or AZURE_STORAGE_KEY (Azure), or use the machine's own role",
    },
  })
  .refine((url) => !/[?#]/.test(url), {
    error: "an address with a query behind it is refused: a shared access signature would open the store to everybody who reads this file",
    params: { hidden: true, next: "write the address alone, and put a signature into AZURE_STORAGE_SAS_TOKEN" },
  });

const KIND_NAMES: Record<StoreKind, string> = {
  file: "a folder",
  s3: "S3",
  gs: "Google Cloud Storage",
  azblob: "Azure Blob Storage",
};

/** Which kinds of store a setting means something to. */
const CONCERNS: Record<string, StoreKind[]> = {
  endpoint: ["s3", "gs", "azblob"],
  region: ["s3"],
  forcePathStyle: ["s3"],
  checksums: ["s3"],
  account: ["azblob"],
};

const NEXT: Partial<Record<StoreKind, Record<string, string>>> = {
  gs: { region: "remove it: a bucket of Google is found by its name alone" },
  azblob: {
    region: "remove it: a container is found by its account",
    forcePathStyle: "remove it: write the whole address, with the account where it is in the path, in store.endpoint",
  },
};

/** Where recovery points live. */
export const storeSchema = z
  .strictObject({
    url: urlSchema.describe("file:///absolute/folder, s3://bucket/prefix, gs://bucket/prefix or azblob://container/prefix."),
    endpoint: endpointSchema
      .optional()
      .describe(
        "S3: address of a server that is not AWS. Google: of an emulator (http://, then no credentials are sent) or of a private endpoint. Azure: defaults to https://ACCOUNT.blob.core.windows.net; elsewhere with the account's name where the server wants it in the path.",
      ),
    region: z.string().min(1).optional().describe("S3: defaults to AWS_REGION, then to us-east-1."),
    forcePathStyle: z
      .boolean()
      .default(false)
      .describe("S3: put the bucket in the path instead of the host name, as many S3 servers need. Defaults to false."),
    checksums: z
      .enum(["when_supported", "when_required"])
      .default("when_supported")
      .describe("S3: when_required for servers that refuse the newer checksum headers. Defaults to when_supported."),
    account: z
      .string()
      .regex(/^[a-z0-9]{3,24}$/, { error: "this is no name of a storage account: 3 to 24 lower-case letters and digits" })
      .optional()
      .describe("Azure: the storage account. Defaults to AZURE_STORAGE_ACCOUNT."),
  })
  .superRefine(({ url, endpoint, region, forcePathStyle, checksums, account }, context) => {
    const kind = storeKindOf(url);
    if (kind === undefined) return;
    const set = {
      endpoint,
      region,
      forcePathStyle: forcePathStyle || undefined,
      checksums: checksums === "when_required" || undefined,
      account,
    };
    for (const [name, value] of Object.entries(set)) {
      const concerns = CONCERNS[name] ?? [];
      if (value !== undefined && !concerns.includes(kind)) refuse(context, misplaced(name, kind, concerns), [name]);
    }
  })
  .describe("Where recovery points live. Credentials come from the environment or its files, never from here.");

function misplaced(name: string, kind: StoreKind, concerns: StoreKind[]): Refusal {
  const others = concerns.map((other) => KIND_NAMES[other]);
  const only = others.length === 1 ? `${others[0]} only` : `${others.slice(0, -1).join(", ")} and ${others.at(-1)} only`;
  return {
    reason: `this concerns ${only}, and the store is ${KIND_NAMES[kind]}`,
    next: NEXT[kind]?.[name] ?? "remove it, or correct store.url",
  };
}
