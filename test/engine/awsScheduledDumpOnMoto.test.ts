import { CreateSecurityGroupCommand, CreateSubnetCommand, CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RetentionPreset, ScheduledDump } from "../../packages/aws/src/index.js";
import { type Replay, replay } from "../support/awsReplay/replay.js";
import { DUMP, PRUNER_POLICY } from "../support/dumpArguments.js";
import { missingEngine, startStack } from "../support/engine/index.js";
import { awsProvider } from "../support/engine/providers/aws/awsProvider.js";
import { type AnyS3, startMoto } from "../support/motoServer.js";

/** What moto 5.2.1 gives back otherwise than it was put. */
const KEPT_OTHERWISE: Record<string, string> = {
  "aws:sns/topic:Topic fifoTopic": "of a topic that is none it says nothing, as AWS does",
  "aws:sns/topic:Topic contentBasedDeduplication": "the same",
  "aws:sqs/queue:Queue fifoQueue": "of a queue that is none it says nothing, as AWS does",
  "aws:sqs/queue:Queue contentBasedDeduplication": "the same",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule description": "it forgets that of a rule about another group",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule description": "the same",
};

/** The recorded inputs, put to a real server by AWS's own client. What the server would refuse, AWS would too; the reverse is not said. */
describe.skipIf(missingEngine() !== undefined || process.env.PGKEEP_MOTO === undefined)("a scheduled dump, on moto", () => {
  let server: AnyS3;
  let answer: Replay;

  beforeAll(async () => {
    server = await startMoto();
    const given = await network(server);
    const stack = await startStack({
      program: () =>
        Promise.resolve(
          void new ScheduledDump("dump", {
            ...DUMP,
            region: "eu-central-1",
            retention: { preset: RetentionPreset.Production },
            retentionSchedule: "0 6 * * *",
            store: { ...DUMP.store, prunerPolicy: PRUNER_POLICY },
            tags: { team: "shop" },
            task: { ...DUMP.task, network: { ...DUMP.task.network, allowInDatabaseGroup: true } },
          }),
        ),
      providers: [awsProvider()],
    });
    try {
      await stack.up();
      answer = await replay(server, await stack.resources(), given);
    } finally {
      await stack.dispose();
    }
  });
  afterAll(async () => await server?.stop());

  it("is taken and read back equal", () => {
    const differing = answer.differences.filter((text) => !((/^(\S+) \S+: (\w+) /.exec(text)?.slice(1).join(" ") ?? "") in KEPT_OTHERWISE));
    expect(differing).toEqual([]);
    expect(answer.without).toEqual([]);
    const equal = Object.fromEntries(answer.replayed.map(({ type, count, equal }) => [type.split(":").at(-1), [count, ...equal]]));
    expect(equal).toMatchObject({
      Cluster: expect.arrayContaining([1]),
      TaskDefinition: expect.arrayContaining([2, "containerDefinitions", "cpu", "memory", "taskRoleArn", "executionRoleArn"]),
      Schedule: expect.arrayContaining([2, "scheduleExpression", "scheduleExpressionTimezone", "flexibleTimeWindow", "target"]),
      EventRule: expect.arrayContaining([1, "eventPattern"]),
      MetricAlarm: expect.arrayContaining([2, "treatMissingData"]),
      Queue: expect.arrayContaining([1]),
    });
  });
});

/** What the arguments name, by its name there and here. */
async function network({ endpoint, accessKey, secretKey }: AnyS3): Promise<Record<string, string>> {
  const ec2 = new EC2Client({ endpoint, region: "eu-central-1", credentials: { accessKeyId: accessKey, secretAccessKey: secretKey } });
  try {
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    const VpcId = Vpc?.VpcId ?? "";
    const subnets = await Promise.all(
      ["10.0.1.0/24", "10.0.2.0/24"].map((CidrBlock) => ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock }))),
    );
    const { GroupId } = await ec2.send(new CreateSecurityGroupCommand({ VpcId, GroupName: "database", Description: "database" }));
    const [a, b] = subnets.map(({ Subnet }) => Subnet?.SubnetId ?? "");
    return { "vpc-1": VpcId, "subnet-a": a ?? "", "subnet-b": b ?? "", "sg-database": GroupId ?? "" };
  } finally {
    ec2.destroy();
  }
}
