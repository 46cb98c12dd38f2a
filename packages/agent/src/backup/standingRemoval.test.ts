import { agentConfigSchema, ExitCode, ProblemError, storeLayout } from "@pgkeep/core";
import { expect, it } from "vitest";
import { loadConnection } from "../configuration/loadConnection.js";
import { temporaryFolder } from "../configuration/temporaryFolder.fixture.js";
import { beginRemoval } from "../records/tombstones.js";
import { silentReporter } from "../reporter.js";
import { openStore } from "../store/openStore.js";
import { runBackup } from "./backup.js";

it("of the same slot takes nothing while a removal under that id has not ended: it would end what the backup commits", async () => {
  const config = agentConfigSchema.parse({
    version: 1,
    cluster: "c",
    databases: ["app"],
    store: { url: "file:///unused" },
    connection: { host: "127.0.0.1", port: 1, sslmode: "disable" },
  });
  const store = await openStore({ url: `file://${await temporaryFolder()}`, forcePathStyle: false, checksums: "when_supported" }, {});
  const id = "20261121T020000Z-aaaaaaaa";
  await beginRemoval(store, storeLayout("c"), id, { by: "somebody", attempts: ["gone0000"] });
  const identity = { slot: new Date("2026-11-21T02:00:00Z"), run: "aaaaaaaa", attempt: "bbbbbbbb" };
  const connection = await loadConnection(config.connection, {});
  const error = await runBackup({ config, connection, store, identity, reporter: silentReporter }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ProblemError);
  expect(error).toMatchObject({ exitCode: ExitCode.TryAgain, message: expect.stringMatching(/removal has begun/) });
});
