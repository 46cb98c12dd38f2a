import { DescribeAlarmsCommand, ListTagsForResourceCommand, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand as ListLogTags,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { type Properties, pulumiNames, type Replayer, sdkNames, tagList, tagMap } from "../Replayer.js";

export const monitoringReplayers: Replayer[] = [
  {
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    create: async (
      { cloudWatch },
      { name, dimensions, tags, region: _region, alarmActions, okActions, insufficientDataActions, ...alarm },
    ) => {
      await cloudWatch.send(
        new PutMetricAlarmCommand({
          ...(sdkNames(alarm) as { EvaluationPeriods: number; ComparisonOperator: "GreaterThanThreshold" }),
          AlarmName: name as string,
          AlarmActions: alarmActions as string[],
          OKActions: okActions as string[],
          InsufficientDataActions: insufficientDataActions as string[],
          Dimensions: Object.entries((dimensions ?? {}) as Record<string, string>).map(([Name, Value]) => ({ Name, Value })),
          Tags: tagList(tags),
        }),
      );
      const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [name as string] }));
      return { id: name, arn: MetricAlarms[0]?.AlarmArn };
    },
    read: async ({ cloudWatch }, { name }, { arn }) => {
      const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [name as string] }));
      const { Tags } = await cloudWatch.send(new ListTagsForResourceCommand({ ResourceARN: String(arn) }));
      const { Dimensions = [], OKActions, AlarmName, ...alarm } = MetricAlarms[0] ?? {};
      return {
        ...(pulumiNames(alarm) as Properties),
        name: AlarmName,
        okActions: OKActions,
        dimensions: Object.fromEntries(Dimensions.map(({ Name = "", Value }) => [Name, Value])),
        tags: tagMap(Tags),
      };
    },
  },
  {
    type: "aws:cloudwatch/logGroup:LogGroup",
    providersOwn: ["skipDestroy"],
    create: async ({ logs }, { name, kmsKeyId, logGroupClass, retentionInDays, tags }) => {
      const logGroupName = name as string;
      await logs.send(
        new CreateLogGroupCommand({
          logGroupName,
          kmsKeyId: kmsKeyId as string,
          logGroupClass: logGroupClass as "STANDARD",
          tags: (tags ?? {}) as Record<string, string>,
        }),
      );
      if (retentionInDays !== undefined)
        await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: retentionInDays as number }));
      const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }));
      return { id: name, arn: logGroups[0]?.arn?.replace(/:\*$/, "") };
    },
    read: async ({ logs }, { name }, { arn }) => {
      const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name as string }));
      const { tags = {} } = await logs.send(new ListLogTags({ resourceArn: String(arn) }));
      const group = logGroups.find(({ logGroupName }) => logGroupName === name);
      return {
        name: group?.logGroupName,
        kmsKeyId: group?.kmsKeyId,
        logGroupClass: group?.logGroupClass,
        retentionInDays: group?.retentionInDays,
        tags,
      };
    },
  },
];
