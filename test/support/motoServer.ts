import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { findProgram } from "../../setup/command.mjs";
import { freePort } from "./freePort.js";
import { createBucket, type TestS3 } from "./s3Server.js";
import { startServerProcess } from "./serverProcess.js";

/** What a store's tests need of any server that speaks S3. */
export type AnyS3 = Pick<TestS3, "endpoint" | "accessKey" | "secretKey" | "client" | "createBucket" | "stop">;

const START = "import sys; from moto.server import main; main(sys.argv[1:])";

/** A real server of moto, which keeps everything in memory. It takes any credentials and has no users. */
export async function startMoto(): Promise<AnyS3> {
  const packages = process.env.PGKEEP_MOTO;
  const python = findProgram("python3") ?? findProgram("python");
  if (packages === undefined || python === undefined) throw new Error("moto is not on this machine. `npm test` fetches it where it can.");
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-moto-"));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const credentials = { accessKey: "administrator", secretKey: "moto-takes-any-secret" };
  const server = await startServerProcess({
    program: python,
    args: ["-c", START, "-H", "127.0.0.1", "-p", String(port)],
    env: { PATH: process.env.PATH ?? "", PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: "1" },
    logFile: join(folder, "server.log"),
    ready: () =>
      fetch(`${endpoint}/moto-api/`).then(
        () => true,
        () => false,
      ),
  });
  const client = new S3Client({
    endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: credentials.accessKey, secretAccessKey: credentials.secretKey },
  });
  return {
    ...credentials,
    endpoint,
    client,
    createBucket: (name, options = {}) => createBucket(client, name, options),
    stop: async () => {
      client.destroy();
      await server.end("SIGKILL");
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
