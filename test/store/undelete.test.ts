import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { ExitCode, storeLayout } from "@pgkeep/core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { readHistory } from "../../packages/agent/src/manifest/history.js";
import { sealManifest } from "../../packages/agent/src/manifest/seal.js";
import { beginRemoval } from "../../packages/agent/src/records/tombstones.js";
import { listHiddenPoints, undeleteRecoveryPoint } from "../../packages/agent/src/records/undelete.js";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import type { Store } from "../../packages/agent/src/store/Store.js";
import { database, manifest, storedObject } from "../../packages/core/src/manifest.fixture.js";
import { problemOf } from "../support/problemOf.js";
import { startS3, type TestS3 } from "../support/s3Server.js";
import { keysOf } from "./reading.js";
import { credentialsOf, storeConfig } from "./storeUnderTest.js";

const layout = storeLayout("c");
const ids = ["20261119T020000Z-aaaaaaaa", "20261120T020000Z-bbbbbbbb", "20261121T020000Z-cccccccc"] as const;
let server: TestS3;
let bucket: string;
let store: Store;
let buckets = 0;

beforeAll(async () => {
  server = await startS3();
});
afterAll(() => server?.stop());
beforeEach(async () => {
  buckets += 1;
  bucket = `undelete-${buckets}`;
  await server.createBucket(bucket, { versioning: true });
  store = await openStore(storeConfig(`s3://${bucket}`, { endpoint: server.endpoint }), credentialsOf(server));
  for (const id of ids) await commitPoint(id);
});

/** A recovery point with two objects. */
async function commitPoint(id: string): Promise<void> {
  const [dump, globals] = ["app.dump.zst", "globals.sql.zst"].map((name) => `${layout.attempt(id, "attempt1")}${name}`) as [string, string];
  for (const key of [dump, globals]) await store.putDocument(key, "x");
  const { checksum: _checksum, signature: _signature, ...draft } = manifest;
  const sealed = sealManifest({
    ...draft,
    id,
    databases: [{ ...database, object: { ...storedObject, key: dump } }],
    globals: { ...draft.globals, object: { ...storedObject, key: globals } },
  });
  await store.putDocument(layout.suspicion(id), "{}");
  await store.putDocument(layout.manifest(id), JSON.stringify(sealed));
}

/** As somebody does it with a tool for buckets. */
async function hide(beginning: string): Promise<void> {
  for (const key of await keysOf(store, beginning)) await server.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
}
const listed = async () => (await readHistory(store, layout)).recoveryPoints.map(({ id, state, bytes }) => [id, state, bytes]);

it("lists what was deleted and is only hidden, and brings one back with its objects and its mark", async () => {
  const before = await listed();
  const [, second, third] = ids;
  for (const prefix of [layout.manifest(second), `${layout.points}${second}/`, layout.suspicion(second)]) await hide(prefix);
  await hide(`${layout.points}${third}/attempt1/app`);
  expect((await listed()).map(([id]) => id)).toEqual([ids[0], third]);
  expect(await listHiddenPoints(store, layout)).toMatchObject([
    { id: second, manifestHidden: true, objects: 3 },
    { id: third, manifestHidden: false, objects: 1, bytes: 1 },
  ]);

  const { objects } = await undeleteRecoveryPoint(store, layout, second, []);
  expect(objects).toBe(4);
  await undeleteRecoveryPoint(store, layout, third, []);
  expect(await listed()).toEqual(before);
  expect(await listHiddenPoints(store, layout)).toEqual([]);
  expect((await problemOf(undeleteRecoveryPoint(store, layout, second, []))).exitCode).toBe(ExitCode.NoSuchRecoveryPoint);
});

it("says which object is gone for good", async () => {
  const [first] = ids;
  await hide(layout.manifest(first));
  await store.remove(`${layout.attempt(first, "attempt1")}app.dump.zst`);
  const problem = await problemOf(undeleteRecoveryPoint(store, layout, first, []));
  expect(problem.exitCode).toBe(ExitCode.DataWrong);
  expect(problem.message).toMatch(/app\.dump\.zst: this object of the recovery point is gone for good/);
});

it("leaves alone what retention is removing for good", async () => {
  const [first] = ids;
  await hide(layout.manifest(first));
  await beginRemoval(store, layout, first, { by: "pruner", attempts: ["attempt1"] });
  expect((await problemOf(undeleteRecoveryPoint(store, layout, first, []))).exitCode).toBe(ExitCode.TryAgain);
  expect(await store.readDocument(layout.manifest(first))).toBeUndefined();
});
