import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./freePort.js";
import { type GoogleRules, startGoogleRules } from "./googleRules.js";
import { startServerProcess } from "./serverProcess.js";

/** A real server of fake-gcs-server, which keeps everything in memory, behind what Google promises and it does not do (see googleRules). */
export interface TestGcs extends Pick<GoogleRules, "endpoint" | "openUploads"> {
  createBucket(name: string, options?: { versioning?: boolean }): Promise<void>;
  /** The stored bytes of an object, read without pgkeep. */
  raw(bucket: string, name: string): Promise<Buffer>;
  /** Overwrites an object, as damage or a forger would. */
  replace(bucket: string, name: string, bytes: Buffer): Promise<void>;
  /** Deletes an object as anybody's tool does, without a generation. */
  delete(bucket: string, name: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startGcs(): Promise<TestGcs> {
  const program = process.env.PGKEEP_FAKE_GCS_SERVER;
  if (program === undefined) throw new Error("fake-gcs-server is not on this machine. `npm test` builds it where it can.");
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-gcs-"));
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const server = await startServerProcess({
    program,
    args: ["-scheme", "http", "-host", "127.0.0.1", "-port", String(port), "-backend", "memory", "-log-level", "error"],
    logFile: join(folder, "server.log"),
    ready: () =>
      fetch(`${address}/_internal/healthcheck`).then(
        ({ ok }) => ok,
        () => false,
      ),
  });
  const rules = await startGoogleRules(address);
  const objectPath = (bucket: string, name: string) => `${address}/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}`;
  const done = async (answer: Response) => {
    if (!answer.ok) throw new Error(`fake-gcs-server: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  return {
    endpoint: rules.endpoint,
    openUploads: rules.openUploads,
    createBucket: async (name, { versioning = false } = {}) => {
      const body = JSON.stringify({ name, versioning: { enabled: versioning } });
      await done(await fetch(`${address}/storage/v1/b?project=test`, { method: "POST", body }));
    },
    raw: async (bucket, name) => Buffer.from(await (await done(await fetch(`${objectPath(bucket, name)}?alt=media`))).arrayBuffer()),
    replace: async (bucket, name, bytes) => {
      const query = new URLSearchParams({ uploadType: "media", name });
      const path = `${address}/upload/storage/v1/b/${bucket}/o?${query}`;
      await done(await fetch(path, { method: "POST", body: new Uint8Array(bytes) }));
    },
    delete: async (bucket, name) => {
      await done(await fetch(objectPath(bucket, name), { method: "DELETE" }));
    },
    stop: async () => {
      await rules.stop();
      await server.end("SIGKILL");
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
