import {
  DescribeRuleCommand,
  ListTagsForResourceCommand as ListRuleTags,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  type Target,
} from "@aws-sdk/client-eventbridge";
import {
  CreateTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListTagsForResourceCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand, ListQueueTagsCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { type Properties, pulumiNames, type Replayer, sdkNames, tagList, tagMap } from "../Replayer.js";

export const messagingReplayers: Replayer[] = [
  {
    type: "aws:sns/topic:Topic",
    untold: ["signatureVersion"],
    create: async ({ sns }, { name, kmsMasterKeyId, displayName, policy, signatureVersion, tags }) => {
      const attributes = {
        KmsMasterKeyId: kmsMasterKeyId,
        DisplayName: displayName,
        Policy: policy,
        SignatureVersion: signatureVersion === undefined ? undefined : String(signatureVersion),
      };
      const { TopicArn } = await sns.send(
        new CreateTopicCommand({
          Name: name as string,
          Attributes: Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)) as Record<string, string>,
          Tags: tagList(tags),
        }),
      );
      return { id: TopicArn, arn: TopicArn };
    },
    read: async ({ sns }, _, { arn }) => {
      const { Attributes = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn: String(arn) }));
      const { Tags } = await sns.send(new ListTagsForResourceCommand({ ResourceArn: String(arn) }));
      return {
        name: Attributes.TopicArn?.split(":").at(-1),
        kmsMasterKeyId: Attributes.KmsMasterKeyId,
        displayName: Attributes.DisplayName,
        policy: Attributes.Policy,
        fifoTopic: Attributes.FifoTopic === "true",
        contentBasedDeduplication: Attributes.ContentBasedDeduplication === "true",
        tags: tagMap(Tags),
      };
    },
  },
  {
    type: "aws:sns/topicPolicy:TopicPolicy",
    create: async ({ sns }, { arn, policy }) => {
      await sns.send(new SetTopicAttributesCommand({ TopicArn: arn as string, AttributeName: "Policy", AttributeValue: policy as string }));
      return {};
    },
    read: async ({ sns }, { arn }) => {
      const { Attributes = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn: arn as string }));
      return { arn: Attributes.TopicArn, policy: Attributes.Policy };
    },
  },
  {
    type: "aws:sns/topicSubscription:TopicSubscription",
    providersOwn: ["confirmationTimeoutInMinutes", "endpointAutoConfirms"],
    create: async ({ sns }, { topic, protocol, endpoint, rawMessageDelivery, filterPolicy }) => {
      const attributes = { RawMessageDelivery: rawMessageDelivery === true ? "true" : undefined, FilterPolicy: filterPolicy };
      const { SubscriptionArn } = await sns.send(
        new SubscribeCommand({
          TopicArn: topic as string,
          Protocol: protocol as string,
          Endpoint: endpoint as string,
          Attributes: Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)) as Record<string, string>,
          ReturnSubscriptionArn: true,
        }),
      );
      return { id: SubscriptionArn, arn: SubscriptionArn };
    },
    read: async ({ sns }, _, { arn }) => {
      const { Attributes = {} } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: String(arn) }));
      return {
        topic: Attributes.TopicArn,
        protocol: Attributes.Protocol,
        endpoint: Attributes.Endpoint,
        rawMessageDelivery: Attributes.RawMessageDelivery === "true",
        filterPolicy: Attributes.FilterPolicy,
      };
    },
  },
  {
    type: "aws:sqs/queue:Queue",
    create: async ({ sqs }, inputs) => {
      const { name, tags } = inputs;
      const Attributes = queueAttributes(inputs);
      const { QueueUrl = "" } = await sqs.send(
        new CreateQueueCommand({ QueueName: name as string, Attributes, tags: (tags ?? {}) as Record<string, string> }),
      );
      const found = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
      return { id: QueueUrl, url: QueueUrl, arn: found.Attributes?.QueueArn };
    },
    read: async ({ sqs }, inputs, { url }) => {
      const QueueUrl = String(url);
      const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
      const { Tags } = await sqs.send(new ListQueueTagsCommand({ QueueUrl }));
      const sent = Object.keys(queueAttributes(inputs));
      const back = Object.fromEntries(sent.map((key) => [key, typed((Attributes as Record<string, string>)[key])]));
      const { sqsManagedSseEnabled, ...rest } = pulumiNames({
        ...back,
        MessageRetentionSeconds: typed(Attributes.MessageRetentionPeriod),
      }) as Properties;
      return {
        ...rest,
        name: Attributes.QueueArn?.split(":").at(-1),
        visibilityTimeoutSeconds: typed(Attributes.VisibilityTimeout),
        maxMessageSize: typed(Attributes.MaximumMessageSize),
        receiveWaitTimeSeconds: typed(Attributes.ReceiveMessageWaitTimeSeconds),
        sqsManagedSseEnabled,
        fifoQueue: Attributes.FifoQueue === "true",
        contentBasedDeduplication: Attributes.ContentBasedDeduplication === "true",
        tags: Tags ?? {},
      };
    },
  },
  {
    type: "aws:sqs/queuePolicy:QueuePolicy",
    create: async ({ sqs }, { queueUrl, policy }) => {
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl as string, Attributes: { Policy: policy as string } }));
      return {};
    },
    read: async ({ sqs }, { queueUrl }) => {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl as string, AttributeNames: ["Policy"] }),
      );
      return { queueUrl, policy: Attributes.Policy };
    },
  },
  {
    type: "aws:cloudwatch/eventRule:EventRule",
    providersOwn: ["forceDestroy", "eventBusName"],
    create: async ({ events }, { name, description, eventPattern, scheduleExpression, state, roleArn, tags }) => {
      const { RuleArn } = await events.send(
        new PutRuleCommand({
          Name: name as string,
          Description: description as string,
          EventPattern: eventPattern as string,
          ScheduleExpression: scheduleExpression as string,
          State: state as "ENABLED",
          RoleArn: roleArn as string,
          Tags: tagList(tags),
        }),
      );
      return { id: name, arn: RuleArn };
    },
    read: async ({ events }, { name }, { arn }) => {
      const rule = await events.send(new DescribeRuleCommand({ Name: name as string }));
      const { Tags } = await events.send(new ListRuleTags({ ResourceARN: String(arn) }));
      return {
        name: rule.Name,
        description: rule.Description,
        eventPattern: rule.EventPattern,
        scheduleExpression: rule.ScheduleExpression,
        state: rule.State,
        roleArn: rule.RoleArn,
        tags: tagMap(Tags),
      };
    },
  },
  {
    type: "aws:cloudwatch/eventTarget:EventTarget",
    providersOwn: ["forceDestroy", "eventBusName", "targetId"],
    create: async ({ events }, inputs) => {
      await events.send(new PutTargetsCommand({ Rule: inputs.rule as string, Targets: [targetOf(inputs)] }));
      return {};
    },
    read: async ({ events }, inputs) => {
      const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: inputs.rule as string }));
      const target = Targets.find(({ Id }) => Id === targetOf(inputs).Id);
      return {
        rule: inputs.rule,
        arn: target?.Arn,
        roleArn: target?.RoleArn,
        deadLetterConfig: pulumiNames(target?.DeadLetterConfig),
        retryPolicy: pulumiNames(target?.RetryPolicy),
        inputTransformer: target?.InputTransformer && {
          inputPaths: target.InputTransformer.InputPathsMap,
          inputTemplate: target.InputTransformer.InputTemplate,
        },
        ecsTarget: ecsBack(target?.EcsParameters),
      };
    },
  },
];

/** A queue's attributes are texts, of which some have other names than the provider's. */
const QUEUE_NAMES: Record<string, string> = {
  messageRetentionSeconds: "MessageRetentionPeriod",
  visibilityTimeoutSeconds: "VisibilityTimeout",
  maxMessageSize: "MaximumMessageSize",
  receiveWaitTimeSeconds: "ReceiveMessageWaitTimeSeconds",
};

function queueAttributes(inputs: Properties): Record<string, string> {
  const { name: _name, tags: _tags, region: _region, fifoQueue: _fifo, contentBasedDeduplication: _content, ...attributes } = inputs;
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([key, value]) => key !== "__defaults" && value !== undefined)
      .map(([key, value]) => [QUEUE_NAMES[key] ?? key.charAt(0).toUpperCase() + key.slice(1), String(value)]),
  );
}

function typed(text: string | undefined): unknown {
  if (text === "true" || text === "false") return text === "true";
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : text;
}

function targetOf({ arn, roleArn, targetId, rule, deadLetterConfig, retryPolicy, inputTransformer, ecsTarget }: Properties): Target {
  const transformer = inputTransformer as { inputPaths?: Record<string, string>; inputTemplate: string } | undefined;
  const ecs = ecsTarget as Properties | undefined;
  return {
    Id: (targetId as string) ?? `target-of-${String(rule)}`.slice(0, 64),
    Arn: arn as string,
    RoleArn: roleArn as string,
    ...(deadLetterConfig === undefined ? {} : { DeadLetterConfig: sdkNames(deadLetterConfig) as { Arn: string } }),
    ...(retryPolicy === undefined ? {} : { RetryPolicy: sdkNames(retryPolicy) as object }),
    ...(transformer === undefined
      ? {}
      : {
          InputTransformer: {
            InputTemplate: transformer.inputTemplate,
            ...(transformer.inputPaths === undefined ? {} : { InputPathsMap: transformer.inputPaths }),
          },
        }),
    ...(ecs === undefined ? {} : { EcsParameters: ecsParameters(ecs) }),
  };
}

function ecsParameters({ networkConfiguration, tags, ...ecs }: Properties): NonNullable<Target["EcsParameters"]> {
  const network = networkConfiguration as { subnets: string[]; securityGroups?: string[]; assignPublicIp?: boolean } | undefined;
  return {
    ...(sdkNames(ecs) as { TaskDefinitionArn: string }),
    ...(tags === undefined ? {} : { Tags: tagList(tags) }),
    ...(network === undefined
      ? {}
      : {
          NetworkConfiguration: {
            awsvpcConfiguration: {
              Subnets: network.subnets,
              ...(network.securityGroups === undefined ? {} : { SecurityGroups: network.securityGroups }),
              AssignPublicIp: network.assignPublicIp === true ? "ENABLED" : "DISABLED",
            },
          },
        }),
  };
}

function ecsBack(ecs: Target["EcsParameters"]): unknown {
  if (ecs === undefined) return undefined;
  const { NetworkConfiguration, Tags, ...rest } = ecs;
  const network = NetworkConfiguration?.awsvpcConfiguration;
  return {
    ...(pulumiNames(rest) as Properties),
    ...(Tags === undefined ? {} : { tags: tagMap(Tags) }),
    ...(network === undefined
      ? {}
      : {
          networkConfiguration: {
            subnets: network.Subnets,
            ...(network.SecurityGroups === undefined ? {} : { securityGroups: network.SecurityGroups }),
            assignPublicIp: network.AssignPublicIp === "ENABLED",
          },
        }),
  };
}
