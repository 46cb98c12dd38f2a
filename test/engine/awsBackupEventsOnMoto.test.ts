import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BACKUP_EVENT_RULES } from "../../packages/aws/src/alarms/backupEvents.js";
import { type AnyS3, startMoto } from "../support/motoServer.js";

/** Events as AWS Backup's guide shows them, cut to what can be matched. https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html */
const backupJob = (state: string) => ["Backup Job State Change", { backupJobId: "4861F1E3", resourceType: "RDS", state }] as const;
const copyJob = (state: string) => ["Copy Job State Change", { copyJobId: "4761D1E3", resourceType: "RDS", state }] as const;
const restoreJob = (status: string) => ["Restore Job State Change", { restoreJobId: "1EA5CDE5", resourceType: "RDS", status }] as const;
const validation = (validationStatus: string) =>
  [
    "AWS API Call via CloudTrail",
    { eventSource: "backup.amazonaws.com", eventName: "PutRestoreValidationResult", requestParameters: { validationStatus } },
  ] as const;

/** What the rules' patterns match, as moto's EventBridge matches: real events of AWS Backup it has none. */
describe.skipIf(process.env.PGKEEP_MOTO === undefined)("events of AWS Backup, on moto", () => {
  let server: AnyS3;
  let events: EventBridgeClient;
  let queues: SQSClient;
  let queueUrls: Map<string, string>;

  beforeAll(async () => {
    server = await startMoto();
    const credentials = { accessKeyId: server.accessKey, secretAccessKey: server.secretKey };
    const options = { endpoint: server.endpoint, region: "eu-central-1", credentials };
    events = new EventBridgeClient(options);
    queues = new SQSClient(options);
    queueUrls = new Map();
    for (const { suffix, pattern, description } of BACKUP_EVENT_RULES) {
      const { QueueUrl = "" } = await queues.send(new CreateQueueCommand({ QueueName: suffix }));
      queueUrls.set(suffix, QueueUrl);
      await events.send(new PutRuleCommand({ Name: suffix, Description: description, EventPattern: JSON.stringify(pattern) }));
      const Arn = `arn:aws:sqs:eu-central-1:123456789012:${suffix}`;
      await events.send(new PutTargetsCommand({ Rule: suffix, Targets: [{ Id: "queue", Arn }] }));
    }
  });
  afterAll(async () => {
    events?.destroy();
    queues?.destroy();
    await server?.stop();
  });

  /** The rules that one event reaches. */
  const reached = async ([DetailType, detail]: readonly [string, object], Source = "aws.backup") => {
    await events.send(new PutEventsCommand({ Entries: [{ Source, DetailType, Detail: JSON.stringify(detail) }] }));
    const found: string[] = [];
    for (const [suffix, QueueUrl] of queueUrls) {
      const { Messages = [] } = await queues.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length > 0) found.push(suffix);
    }
    return found;
  };

  it.each(["ABORTED", "EXPIRED", "FAILED", "PARTIAL"])("a backup job that ends %s is told", async (state) => {
    expect(await reached(backupJob(state))).toEqual(["backup-job"]);
  });

  it.each(["FAILED", "PARTIAL"])("a copy that ends %s is told", async (state) => {
    expect(await reached(copyJob(state))).toEqual(["copy-job"]);
  });

  it.each(["ABORTED", "FAILED"])("a restore that ends %s is told", async (status) => {
    expect(await reached(restoreJob(status))).toEqual(["restore-job"]);
  });

  it.each(["FAILED", "TIMED_OUT"])("a validation that is put as %s is told", async (status) => {
    expect(await reached(validation(status))).toEqual(["restore-validation"]);
  });

  it.each([backupJob("COMPLETED"), backupJob("RUNNING"), copyJob("COMPLETED"), restoreJob("COMPLETED"), validation("SUCCESSFUL")])(
    "%s: %j goes well, and nobody is told",
    async (type, detail) => expect(await reached([type, detail])).toEqual([]),
  );

  it("what other services call the same is none of it", async () => {
    expect(await reached(backupJob("FAILED"), "org.example.backup")).toEqual([]);
  });
});
