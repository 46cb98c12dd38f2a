import type { AgentConfig } from "@pgkeep/core";

export interface AnonymousAccess {
  readable: boolean;
  listable: boolean;
  /** Whether both requests were answered, so that a refusal is one. */
  answers: boolean;
}

/** What a bucket of S3 lets somebody do who has no credentials, tried by requests that are not signed. */
export async function anonymousAccess(store: AgentConfig["store"], key: string): Promise<AnonymousAccess> {
  const { HeadObjectCommand, ListObjectsV2Command, S3Client } = await import("@aws-sdk/client-s3");
  const [, bucket = "", path = ""] = /^s3:\/\/([^/]+)\/?(.*)$/i.exec(store.url) ?? [];
  const prefix = path.replace(/\/*$/, path === "" ? "" : "/");
  const client = new S3Client({
    region: store.region ?? "us-east-1",
    forcePathStyle: store.forcePathStyle,
    ...(store.endpoint === undefined ? {} : { endpoint: store.endpoint }),
    credentials: { accessKeyId: "", secretAccessKey: "" },
    signer: { sign: (request) => Promise.resolve(request) },
    maxAttempts: 2,
  });
  try {
    const read = await statusOf(() => client.send(new HeadObjectCommand({ Bucket: bucket, Key: `${prefix}${key}` })));
    const list = await statusOf(() => client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 })));
    return { readable: read === 200, listable: list === 200, answers: read !== undefined && list !== undefined };
  } finally {
    client.destroy();
  }
}

async function statusOf(send: () => Promise<unknown>): Promise<number | undefined> {
  try {
    await send();
    return 200;
  } catch (error) {
    return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  }
}
