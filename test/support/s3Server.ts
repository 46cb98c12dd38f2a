import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectLockConfigurationCommand, S3Client } from "@aws-sdk/client-s3";
import { freePort } from "./freePort.js";
import { runProgram } from "./runProgram.js";
import { type ServerProcess, startServerProcess } from "./serverProcess.js";

export interface BucketOptions {
  versioning?: boolean;
  /** `true`: locks may be put on objects. With a mode and days: every new object gets one. Either turns versioning on. */
  objectLock?: boolean | { mode: "GOVERNANCE" | "COMPLIANCE"; days: number };
}

export interface Credentials {
  accessKey: string;
  secretKey: string;
}

/** A real S3 server (versitygw) of its own folder: versioning, Object Lock, create-only writes, policies. Path style only. */
export interface TestS3 extends Credentials {
  readonly endpoint: string;
  readonly region: string;
  /** The administrator's own client, for what a test wants to see or spoil behind pgkeep's back. */
  readonly client: S3Client;
  readonly processId: number;
  /** Each folder in it is a bucket; a file put there is an object, and much faster than by request. */
  readonly objectsFolder: string;
  createBucket(name: string, options?: BucketOptions): Promise<void>;
  /** A user who may do nothing until a bucket policy says so. */
  createUser(): Promise<Credentials>;
  log(): string;
  /** SIGKILL; what is stored stays. */
  kill(): Promise<void>;
  /** Starts it again, on the same port, after `kill`. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Why a test that needs it cannot run here; undefined when it can. */
export function missingS3(): string | undefined {
  return process.env.PGKEEP_VERSITYGW === undefined ? "versitygw is not on this machine" : undefined;
}

export async function startS3(): Promise<TestS3> {
  const program = process.env.PGKEEP_VERSITYGW;
  if (program === undefined) throw new Error(`${missingS3()}. \`npm test\` builds it where it can, and says why where it cannot.`);
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-s3-"));
  const [objects, versions, users] = ["objects", "versions", "users"].map((name) => join(folder, name)) as [string, string, string];
  for (const path of [objects, versions, users]) mkdirSync(path);
  const logFile = join(folder, "server.log");
  const credentials: Credentials = { accessKey: "administrator", secretKey: randomBytes(20).toString("hex") };
  const environment = { PATH: process.env.PATH ?? "", ROOT_ACCESS_KEY: credentials.accessKey, ROOT_SECRET_KEY: credentials.secretKey };
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const region = "us-east-1";

  let server: ServerProcess | undefined;
  const start = async () => {
    if (server?.running) return;
    const place = ["--port", `127.0.0.1:${port}`, "--region", region, "--iam-dir", users, "--quiet"];
    server = await startServerProcess({
      program,
      args: [...place, "posix", "--versioning-dir", versions, objects],
      env: environment,
      logFile,
      ready: () =>
        fetch(endpoint).then(
          (answer) => answer.status === 403, // anonymous: the server is there and wants a signature
          () => false,
        ),
    });
  };
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId: credentials.accessKey, secretAccessKey: credentials.secretKey },
  });
  const stop = async () => {
    client.destroy();
    await server?.end("SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...credentials,
    endpoint,
    region,
    client,
    objectsFolder: objects,
    get processId() {
      if (!server?.running) throw new Error("The S3 server is not running.");
      return server.processId;
    },
    createBucket: (name, options = {}) => createBucket(client, name, options),
    createUser: async () => {
      const user: Credentials = { accessKey: `user-${randomBytes(6).toString("hex")}`, secretKey: randomBytes(20).toString("hex") };
      const args = ["create-user", "--access", user.accessKey, "--secret", user.secretKey, "--role", "user"];
      await runProgram(program, ["admin", ...args], {
        env: {
          PATH: environment.PATH,
          ADMIN_ACCESS_KEY_ID: credentials.accessKey,
          ADMIN_SECRET_ACCESS_KEY: credentials.secretKey,
          ADMIN_ENDPOINT_URL: endpoint,
          ADMIN_REGION: region,
        },
      });
      return user;
    },
    log: () => readFileSync(logFile, "utf8"),
    kill: async () => {
      await server?.end("SIGKILL");
    },
    start,
    stop,
  };
}

/** Makes a bucket on a server that speaks S3. */
export async function createBucket(
  client: S3Client,
  name: string,
  { versioning = false, objectLock = false }: BucketOptions,
): Promise<void> {
  await client.send(new CreateBucketCommand({ Bucket: name, ...(objectLock === false ? {} : { ObjectLockEnabledForBucket: true }) }));
  if (versioning && objectLock === false) {
    await client.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: "Enabled" } }));
  }
  if (typeof objectLock === "object") {
    const rule = { DefaultRetention: { Mode: objectLock.mode, Days: objectLock.days } };
    await client.send(
      new PutObjectLockConfigurationCommand({ Bucket: name, ObjectLockConfiguration: { ObjectLockEnabled: "Enabled", Rule: rule } }),
    );
  }
}
