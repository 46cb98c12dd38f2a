import { type AgentConfig, parseAgentConfig } from "@pgkeep/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chooseStore } from "../../packages/agent/src/configuration/chooseStore.js";
import { copyInto } from "../../packages/agent/src/copy/runCopy.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import {
  azureUnderTest,
  bucketUnderTest,
  credentialsOf,
  folderUnderTest,
  gcsUnderTest,
  type StoreUnderTest,
} from "../store/storeUnderTest.js";
import { MIB } from "../store/streams.js";
import { startAzurite, type TestAzurite } from "../support/azuriteServer.js";
import { startGcs, type TestGcs } from "../support/gcsServer.js";
import { startS3, type TestS3 } from "../support/s3Server.js";
import { contentOf, layout, storeSealedPoint } from "./sealedPoint.js";

let servers: [TestS3, TestGcs, TestAzurite];
beforeAll(async () => {
  servers = [await startS3(), await startGcs(), await startAzurite()];
});
afterAll(async () => {
  for (const server of servers ?? []) await server.stop();
});

const config: AgentConfig = parseAgentConfig({
  version: 1,
  cluster: "shop",
  databases: ["shop"],
  store: { url: "file:///primary" },
  copies: [{ name: "next", store: { url: "file:///next" } }],
});

it("goes from kind to kind and comes back the same, under credentials of its own", async () => {
  const [s3, gcs, azurite] = servers;
  const stores: StoreUnderTest[] = [
    await folderUnderTest(),
    await bucketUnderTest(s3, "copies"),
    await gcsUnderTest(gcs, "copies"),
    await azureUnderTest(azurite, "copies"),
    await folderUnderTest(),
  ];
  try {
    const [first, ...others] = stores;
    if (!first) throw new Error("unreachable");
    const id = await storeSealedPoint(first.store, "2026-11-20T02:00:00Z", { bytes: 20 * MIB });
    let source = first;
    for (const next of others) {
      const options = { config, source: source.store, to: "next", which: "all", environment: {}, reporter: silentReporter };
      expect((await copyInto(next.store, options)).recoveryPoints).toMatchObject([{ id, outcome: "copied", takenOver: 0 }]);
      source = next;
    }
    const expected = await contentOf(first.store);
    for (const { store } of others) expect(await contentOf(store)).toEqual(expected);
    expect(Object.keys(expected)).toContain(layout.manifest(id));
  } finally {
    for (const under of stores) await under.close();
  }
});

it("opens a copy with the copy's own credentials where both are buckets of one kind", async () => {
  const [s3] = servers;
  const one = await bucketUnderTest(s3);
  const other = await startS3();
  try {
    await other.createBucket("offsite");
    const both = parseAgentConfig({
      ...{ version: 1, cluster: "shop", databases: ["shop"] },
      store: { url: one.store.description, endpoint: s3.endpoint, forcePathStyle: true },
      copies: [{ name: "offsite", store: { url: "s3://offsite", endpoint: other.endpoint, forcePathStyle: true } }],
    });
    const own = Object.entries(credentialsOf(other)).map(([name, value]) => [`PGKEEP_COPY_OFFSITE_${name}`, value]);
    const chosen = chooseStore(both, "offsite", { ...credentialsOf(s3), ...Object.fromEntries(own) });
    const store = await openStore(chosen.config.store, chosen.environment);
    await store.putDocument("a.json", "x");
    expect(await store.readDocument("a.json")).toBe("x");
    await store.close();
  } finally {
    await one.close();
    await other.stop();
  }
});
