import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { freePort } from "./freePort.js";
import { startServerProcess } from "./serverProcess.js";

/** A real Blob service of Microsoft's emulator, of its own folder. It knows no versions, soft delete, immutability or identities. */
export interface TestAzurite {
  /** Address of the Blob service, the account in its path. */
  readonly endpoint: string;
  readonly account: string;
  readonly key: string;
  /** The administrator's own client, for what a test wants to see or spoil behind pgkeep's back. */
  readonly client: BlobServiceClient;
  stop(): Promise<void>;
}

export async function startAzurite(): Promise<TestAzurite> {
  const program = process.env.PGKEEP_AZURITE;
  if (program === undefined) throw new Error("azurite is not on this machine. `npm test` fetches it where it can.");
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-azurite-"));
  const [account, key] = ["pgkeeptests", randomBytes(32).toString("base64")];
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}/${account}`;
  const server = await startServerProcess({
    program: process.execPath,
    args: [
      program,
      ...["--blobHost", "127.0.0.1", "--blobPort", String(port), "--location", folder],
      // Its interface is one version behind the library's.
      ...["--silent", "--disableTelemetry", "--skipApiVersionCheck"],
    ],
    env: { PATH: process.env.PATH ?? "", AZURITE_ACCOUNTS: `${account}:${key}` },
    logFile: join(folder, "server.log"),
    ready: () =>
      fetch(endpoint).then(
        () => true,
        () => false,
      ),
  });
  return {
    endpoint,
    account,
    key,
    client: new BlobServiceClient(endpoint, new StorageSharedKeyCredential(account, key)),
    stop: async () => {
      await server.end("SIGKILL");
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
