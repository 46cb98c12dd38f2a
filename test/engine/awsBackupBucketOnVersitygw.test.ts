import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { parseRetentionPolicy, storeLayout } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRecoveryPoints } from "../../packages/agent/src/manifest/history.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { applyRetention } from "../../packages/agent/src/retention/applyRetention.js";
import { assertCreateOnly } from "../../packages/agent/src/store/assertCreateOnly.js";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import type { Store } from "../../packages/agent/src/store/Store.js";
import { s3Client } from "../../packages/agent/src/store/s3Client.js";
import { STORE_STATEMENTS, type StorePrincipal } from "../../packages/aws/src/bucket/storePolicies.js";
import { credentialsOf, storeConfig } from "../store/storeUnderTest.js";
import { backUp, testConfig } from "../support/backupRun.js";
import { startPostgres, type TestServer } from "../support/postgresServer.js";
import { type Credentials, missingS3, startS3, type TestS3 } from "../support/s3Server.js";

const BUCKET = "acme-backups";
const CLUSTER = "test";
const layout = storeLayout(CLUSTER);

/**
 * The principals' rights at work: the agent itself backs up, prunes and reads with them and no others, on a real server with versions and Object Lock. The
 * server knows users and bucket policies, no policies of identities and no conditions: so the statements stand in its bucket's policy, without those.
 */
describe.skipIf(missingS3() !== undefined)("the rights of each principal, on versitygw", () => {
  let server: TestS3;
  let postgres: TestServer;
  const users = {} as Record<StorePrincipal, Credentials>;
  const stores: Store[] = [];

  const open = async (credentials: Credentials) => {
    const store = await openStore(storeConfig(`s3://${BUCKET}/postgres`, { endpoint: server.endpoint }), credentialsOf(credentials));
    stores.push(store);
    return store;
  };
  const clientOf = (credentials: Credentials) =>
    s3Client(storeConfig(`s3://${BUCKET}`, { endpoint: server.endpoint }), credentialsOf(credentials));
  const take = async () =>
    await backUp({ connection: postgres.connection, store: await open(users.writer), databases: ["shop"], config: { cluster: CLUSTER } });
  const dumps = async () => {
    const { Contents = [] } = await server.client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: `postgres/${layout.points}` }));
    return Contents.flatMap(({ Key = "" }) => (Key.endsWith(".json") ? [] : [Key]));
  };

  beforeAll(async () => {
    [server, postgres] = await Promise.all([startS3(), startPostgres({ major: 16 })]);
    await postgres.psql("CREATE DATABASE shop");
    await postgres.psql("CREATE TABLE orders AS SELECT generate_series(1, 100) AS id", "shop");
    await server.createBucket(BUCKET, { versioning: true });
    const store = { bucketArn: `arn:aws:s3:::${BUCKET}`, kmsKeyArn: undefined, prefix: "postgres", clusters: [CLUSTER], tagged: false };
    const statements = await Promise.all(
      (["writer", "reader", "pruner", "drill"] as const).map(async (principal) => {
        const user = await server.createUser();
        users[principal] = user;
        return STORE_STATEMENTS[principal](store).map(({ actions, resources }) => ({
          Effect: "Allow",
          Principal: { AWS: [user.accessKey] },
          Action: actions,
          Resource: resources,
        }));
      }),
    );
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: statements.flat() });
    await server.client.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy }));
  });
  afterAll(async () => {
    for (const store of stores) await store.close();
    await postgres?.stop();
    await server?.stop();
  });

  it("the writer takes backups, one after the other", async () => {
    for (let run = 0; run < 3; run += 1) expect((await take()).committedBefore).toBe(false);
    expect(await dumps()).toHaveLength(6);
  });

  it("the writer reads no dump, removes nothing, and overwrites nothing as the agent writes", async () => {
    const client = clientOf(users.writer);
    const [dump = ""] = await dumps();
    const refused = (request: Promise<unknown>) => expect(request).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    await refused(client.send(new GetObjectCommand({ Bucket: BUCKET, Key: dump })));
    await refused(client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: dump })));
    await refused(
      client.send(new PutObjectCommand({ Bucket: BUCKET, Key: `postgres/${layout.tombstones}x.json`, Body: "", IfNoneMatch: "*" })),
    );
    await refused(client.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: "elsewhere/x" })));
    const writer = await open(users.writer);
    await assertCreateOnly(writer, layout.doctor("20261121T020000Z-4f9k2m1x"));
    client.destroy();
  });

  it("the reader reads all of a recovery point, and writes nothing", async () => {
    const reader = await open(users.reader);
    const [dump = ""] = await dumps();
    const body = await reader.read(dump.slice("postgres/".length));
    let bytes = 0;
    for await (const chunk of body ?? []) bytes += (chunk as Buffer).length;
    expect(bytes).toBeGreaterThan(100);
    expect(await readRecoveryPoints(reader, layout)).toHaveLength(3);
    await expect(reader.putDocument(layout.doctor("20261121T020000Z-4f9k2m1y"), "x")).rejects.toThrow(/may not do this/);
  });

  it("the pruner removes for good what the policy lets go, with a trail, and reads no dump", async () => {
    const pruner = await open(users.pruner);
    const [dump = ""] = await dumps();
    await expect(pruner.read(dump.slice("postgres/".length))).rejects.toThrow(/may not do this/);
    const { removed, plan } = await applyRetention({
      config: testConfig(["shop"], { cluster: CLUSTER }),
      policy: parseRetentionPolicy({ keepLast: 1, minimum: 1 }),
      store: pruner,
      by: "test",
      reporter: silentReporter,
    });
    expect(plan.stopped).toBeNull();
    expect(removed).toHaveLength(2);
    expect(await dumps()).toHaveLength(2);
    const hidden: string[] = [];
    for await (const { key } of pruner.listHidden("")) hidden.push(key);
    expect(hidden).toEqual([]);
    const trail: string[] = [];
    for await (const { key } of pruner.list(layout.audit)) trail.push(key);
    expect(trail.filter((key) => key.includes("-prune-done-"))).toHaveLength(2);
  });

  it("under Object Lock as it is declared the pruner is told until when, and the writer goes on", async () => {
    const locked = `${BUCKET}-locked`;
    await server.createBucket(locked, { objectLock: { mode: "GOVERNANCE", days: 14 } });
    const store = { bucketArn: `arn:aws:s3:::${locked}`, kmsKeyArn: undefined, prefix: "postgres", clusters: [CLUSTER], tagged: false };
    const Statement = (["writer", "pruner"] as const).flatMap((principal) =>
      STORE_STATEMENTS[principal](store).map(({ actions, resources }) => ({
        Effect: "Allow",
        Principal: { AWS: [users[principal].accessKey] },
        Action: actions,
        Resource: resources,
      })),
    );
    await server.client.send(new PutBucketPolicyCommand({ Bucket: locked, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) }));
    const openLocked = async (principal: StorePrincipal) => {
      const opened = await openStore(
        storeConfig(`s3://${locked}/postgres`, { endpoint: server.endpoint }),
        credentialsOf(users[principal]),
      );
      stores.push(opened);
      return opened;
    };
    const writer = await openLocked("writer");
    for (let run = 0; run < 2; run += 1) {
      await backUp({ connection: postgres.connection, store: writer, databases: ["shop"], config: { cluster: CLUSTER } });
    }
    const { removed, heldByStore } = await applyRetention({
      config: testConfig(["shop"], { cluster: CLUSTER }),
      policy: parseRetentionPolicy({ keepLast: 1, minimum: 1 }),
      store: await openLocked("pruner"),
      by: "test",
      reporter: silentReporter,
    });
    expect(removed).toEqual([]);
    expect(heldByStore).toMatchObject([{ whole: true, reason: "Object Lock in governance mode" }]);
    expect(heldByStore[0]?.until?.getTime()).toBeGreaterThan(Date.now() + 13 * 86_400_000);
  });
});
