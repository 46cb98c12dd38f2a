import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type DBInstance, DescribeDBInstancesCommand, ModifyDBInstanceCommand, RDSClient } from "@aws-sdk/client-rds";
import {
  type Connection,
  type ConnectionConfig,
  connectionSchema,
  ExitCode,
  ProblemError,
  parseConnectionUri,
  RDS_INSTANCE_ARN_FORM,
  type RdsInstanceName,
  rdsInstanceArnProblem,
  rdsInstanceOfArn,
} from "@pgkeep/core";
import { awsCredentials } from "../../configuration/awsCredentials.js";
import type { Environment } from "../../configuration/Environment.js";
import { loadConnection } from "../../configuration/loadConnection.js";
import { openSession } from "../../postgresql/session.js";
import { sqlState } from "../../postgresql/sessionProblem.js";
import type { Reporter } from "../../reporter.js";
import { awsProblem } from "./awsProblem.js";

/**
 * The tag that AWS Backup puts on what a restore test restored, and by which it finds what to delete afterwards.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
 */
export const RESTORE_TEST_TAG = "awsbackup-restore-test";

export interface RestoredInstanceOptions {
  arn: string;
  /** drill.connection: user, password file, sslmode and authorities are taken from it; where the server is, is not. */
  connection: ConnectionConfig | undefined;
  environment: Environment;
  reporter: Reporter;
  signal?: AbortSignal;
  /** How long an instance may take to become available, and a new password to be taken. */
  patienceMilliseconds?: number;
  pollMilliseconds?: number;
}

const PATIENCE_MILLISECONDS = 30 * 60_000;
const POLL_MILLISECONDS = 10_000;

/** States that an instance does not leave by itself, and what each says. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html */
const ENDED: Record<string, { exitCode: ExitCode; reason: string }> = {
  failed: { exitCode: ExitCode.DataWrong, reason: "RDS could not recover it" },
  "restore-error": { exitCode: ExitCode.DataWrong, reason: "RDS could not restore it to this point in time or from this snapshot" },
  "incompatible-restore": { exitCode: ExitCode.DataWrong, reason: "RDS cannot restore to this point in time" },
  "inaccessible-encryption-credentials": {
    exitCode: ExitCode.DataWrong,
    reason: "the KMS key of its storage cannot be used, so nothing in it can be read",
  },
  "inaccessible-encryption-credentials-recoverable": {
    exitCode: ExitCode.DataWrong,
    reason: "the KMS key of its storage cannot be used at present, so nothing in it can be read",
  },
  "incompatible-parameters": { exitCode: ExitCode.CouldNotVerify, reason: "its parameter group does not fit, so it does not start" },
  "incompatible-network": { exitCode: ExitCode.CouldNotVerify, reason: "RDS cannot reach it in this VPC" },
  "incompatible-option-group": { exitCode: ExitCode.CouldNotVerify, reason: "its option group does not fit" },
  "insufficient-capacity": { exitCode: ExitCode.CouldNotVerify, reason: "AWS had no capacity for it" },
  deleting: { exitCode: ExitCode.CouldNotVerify, reason: "it is being deleted: the validation window may be over" },
};

/** Reads which instance an ARN names. */
export function restoredInstanceName(arn: string): RdsInstanceName {
  const name = rdsInstanceOfArn(arn);
  if (name !== undefined) return name;
  throw new ProblemError(ExitCode.Usage, {
    where: "--restored-arn",
    received: arn,
    allowed: RDS_INSTANCE_ARN_FORM,
    reason: rdsInstanceArnProblem(arn) ?? "this names no RDS instance",
    next: "pass the ARN of the restored instance, as the event of the restore job has it (createdResourceArn)",
  });
}

/**
 * The way into a restored RDS instance. With a password (or IAM authentication) of its own the drill signs in with that. Else it sets a new random password for
 * the master user, and only on an instance that carries AWS Backup's tag of restore tests: on any other it would lock its users out.
 */
export async function openRestoredInstance(options: RestoredInstanceOptions): Promise<Connection> {
  const { arn, environment, reporter } = options;
  const { region, identifier } = restoredInstanceName(arn);
  const credentials = awsCredentials(environment);
  const client = new RDSClient({
    region,
    maxAttempts: Number(environment.AWS_MAX_ATTEMPTS) || 8,
    ...(environment.AWS_ENDPOINT_URL_RDS ? { endpoint: environment.AWS_ENDPOINT_URL_RDS } : {}),
    ...(credentials ? { credentials } : {}),
  });
  try {
    const instance = await untilAvailable(client, identifier, options);
    reporter.info(`${identifier}: ${instance.Engine} ${instance.EngineVersion}, ${instance.Endpoint?.Address}`);
    const connection = await connectionTo(instance, options);
    if (connection.password !== undefined || connection.rdsIam !== undefined || connection.sslCertificate !== undefined) return connection;
    return await withNewPassword(client, instance, connection, options);
  } finally {
    client.destroy();
  }
}

async function untilAvailable(client: RDSClient, identifier: string, options: RestoredInstanceOptions): Promise<DBInstance> {
  const { arn, reporter, signal } = options;
  const deadline = Date.now() + (options.patienceMilliseconds ?? PATIENCE_MILLISECONDS);
  for (;;) {
    const instance = await describe(client, identifier, options);
    const status = instance.DBInstanceStatus ?? "unknown";
    const ended = ENDED[status];
    if (ended !== undefined || Date.now() > deadline) {
      throw new ProblemError(ended?.exitCode ?? ExitCode.CouldNotVerify, {
        where: "--restored-arn",
        received: `${arn}, which is ${status}`,
        reason: ended?.reason ?? "it did not become available in time",
        next: "look at its events in the console of RDS",
      });
    }
    if (status === "available" && instance.Endpoint?.Address !== undefined) return instance;
    reporter.info(`waiting for ${identifier}, which is ${status}`);
    await pause(options.pollMilliseconds ?? POLL_MILLISECONDS, signal);
  }
}

async function describe(client: RDSClient, identifier: string, { arn, signal }: RestoredInstanceOptions): Promise<DBInstance> {
  const call = { where: "--restored-arn", received: arn, action: "rds:DescribeDBInstances" };
  try {
    const sending = signal ? { abortSignal: signal } : {};
    const { DBInstances } = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }), sending);
    const instance = DBInstances?.[0];
    if (instance === undefined) throw new Error("it answered no instance");
    // Another account's credentials would find another instance of the same name.
    if (instance.DBInstanceArn !== arn) throw elsewhere(arn, instance.DBInstanceArn);
    if (instance.Engine !== "postgres") throw notPostgres(arn, instance.Engine);
    return instance;
  } catch (error) {
    signal?.throwIfAborted();
    throw awsProblem(error, call);
  }
}

function elsewhere(arn: string, found: string | undefined): ProblemError {
  return new ProblemError(ExitCode.Configuration, {
    where: "--restored-arn",
    received: arn,
    reason: `with these credentials an instance of this name is ${found}: another account`,
    next: "run the drill with a role of the account that the ARN names",
  });
}

function notPostgres(arn: string, engine: string | undefined): ProblemError {
  return new ProblemError(ExitCode.Configuration, {
    where: "--restored-arn",
    received: `${arn}, engine ${engine}`,
    allowed: "engine postgres",
    reason: "this is no RDS instance for PostgreSQL",
    next: "limit the restore testing selection to PostgreSQL instances",
  });
}

async function connectionTo(instance: DBInstance, { connection, environment }: RestoredInstanceOptions): Promise<Connection> {
  const { uri, ...base } = connection ?? connectionSchema.parse({});
  const { user: named, database: maintenanceDatabase, sslmode, sslrootcert } = uri === undefined ? {} : parseConnectionUri(uri);
  const user = base.user ?? (named || environment.PGUSER || instance.MasterUsername);
  const fromUri = Object.fromEntries(
    Object.entries({ maintenanceDatabase, sslmode, sslrootcert }).filter(([, value]) => value !== undefined),
  );
  const config = {
    ...fromUri,
    ...base,
    host: instance.Endpoint?.Address ?? "",
    port: instance.Endpoint?.Port ?? 5432,
    ...(user ? { user } : {}),
  };
  return await loadConnection(config, environment, "drill.connection");
}

async function withNewPassword(
  client: RDSClient,
  instance: DBInstance,
  connection: Connection,
  options: RestoredInstanceOptions,
): Promise<Connection> {
  const { arn, reporter, signal } = options;
  const identifier = instance.DBInstanceIdentifier ?? "";
  if (!instance.TagList?.some(({ Key }) => Key === RESTORE_TEST_TAG)) throw notARestoreTest(arn);
  if (connection.user !== instance.MasterUsername) throw notTheMaster(connection.user, instance.MasterUsername);
  const password = randomBytes(24).toString("base64url");
  reporter.info(`setting a new random password of ${connection.user} on ${identifier}, which carries the tag ${RESTORE_TEST_TAG}`);
  try {
    await client.send(
      new ModifyDBInstanceCommand({
        DBInstanceIdentifier: identifier,
        MasterUserPassword: password,
        ApplyImmediately: true,
        // A password that Secrets Manager keeps cannot be set beside it.
        ...(instance.MasterUserSecret ? { ManageMasterUserPassword: false } : {}),
      }),
      signal ? { abortSignal: signal } : {},
    );
  } catch (error) {
    signal?.throwIfAborted();
    throw awsProblem(error, { where: "--restored-arn", received: arn, action: "rds:ModifyDBInstance" });
  }
  const renewed = { ...connection, password };
  await untilTaken(client, identifier, renewed, options);
  return renewed;
}

/** RDS applies a password without a restart, some seconds to minutes after it said yes. */
async function untilTaken(client: RDSClient, identifier: string, connection: Connection, options: RestoredInstanceOptions): Promise<void> {
  const { reporter, signal } = options;
  const deadline = Date.now() + (options.patienceMilliseconds ?? PATIENCE_MILLISECONDS);
  for (;;) {
    const { PendingModifiedValues } = await untilAvailable(client, identifier, options);
    if (PendingModifiedValues?.MasterUserPassword === undefined) {
      try {
        const session = await openSession(connection, connection.maintenanceDatabase, signal ? { signal } : {});
        await session.end();
        return;
      } catch (error) {
        signal?.throwIfAborted();
        if (!isPasswordNotTaken(error) || Date.now() > deadline) throw error;
      }
    }
    reporter.info(`waiting for ${identifier} to take its new password`);
    await pause(options.pollMilliseconds ?? POLL_MILLISECONDS, signal);
  }
}

function isPasswordNotTaken(error: unknown): boolean {
  return error instanceof ProblemError && (error.exitCode === ExitCode.Unavailable || sqlState(error.cause) === "28P01");
}

function notARestoreTest(arn: string): ProblemError {
  return new ProblemError(ExitCode.Configuration, {
    where: "--restored-arn",
    received: arn,
    reason: `no password is given, and this instance does not carry the tag ${RESTORE_TEST_TAG} by which AWS Backup marks what a restore test restored: a new password could lock out the users of a live database`,
    allowed: `an instance with that tag, or PGUSER and PGPASSWORD (drill.connection.user and passwordFile)`,
    next: "give the drill a user and its password",
  });
}

function notTheMaster(user: string, master: string | undefined): ProblemError {
  return new ProblemError(ExitCode.Configuration, {
    where: "drill.connection.user",
    received: user,
    reason: `no password of this user is given, and RDS sets only that of the master user, ${master}`,
    next: `give a password, or leave out the user`,
  });
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(milliseconds, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
}
