import { agentConfigSchema } from "@pgkeep/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { anonymousRequests } from "../../packages/agent/src/doctor/anonymousRequests.js";
import { startAzurite, type TestAzurite } from "../support/azuriteServer.js";
import { freePort } from "../support/freePort.js";
import { startGcs, type TestGcs } from "../support/gcsServer.js";

const KEY = "shop/doctor/1.json";
let azurite: TestAzurite;
let gcs: TestGcs;
beforeAll(async () => {
  azurite = await startAzurite();
  gcs = await startGcs();
});
afterAll(async () => {
  await azurite?.stop();
  await gcs?.stop();
});

const storeAt = (url: string, endpoint: string) =>
  agentConfigSchema.parse({ version: 1, cluster: "shop", databases: ["shop"], store: { url, endpoint } }).store;

it.each([
  ["private", undefined, { readable: false, listable: false, answers: true }],
  ["blobs", "blob", { readable: true, listable: false, answers: true }],
  ["everything", "container", { readable: true, listable: true, answers: true }],
] as const)("what a container of Azure lets anybody do is seen: %s", async (name, access, seen) => {
  const container = azurite.client.getContainerClient(name);
  await container.create(access === undefined ? {} : { access });
  await container.getBlockBlobClient(`backups/${KEY}`).upload("{}", 2);
  expect(await anonymousRequests(storeAt(`azblob://${name}/backups/`, azurite.endpoint), KEY, {})).toEqual(seen);
});

it("a server of Google's that asks nobody who he is, as this one, is seen to be open", async () => {
  await gcs.createBucket("open");
  await gcs.replace("open", `backups/${KEY}`, Buffer.from("{}"));
  const open = storeAt("gs://open/backups", gcs.endpoint);
  expect(await anonymousRequests(open, KEY, {})).toEqual({ readable: true, listable: true, answers: true });
  expect(await anonymousRequests(open, "shop/doctor/other.json", {})).toMatchObject({ readable: false });
});

it("no answer is no refusal", async () => {
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  for (const url of ["gs://backups", "azblob://backups"])
    expect(await anonymousRequests(storeAt(url, endpoint), KEY, {})).toEqual({ readable: false, listable: false, answers: false });
});
