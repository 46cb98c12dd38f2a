import { ACCOUNT, awsKind, changeable, chosen, replacing, textOf } from "../awsKind.js";

const set = { onChange: "update", set: true } as const;

/** CloudWatch's alarms, and EventBridge's rules, which the provider still files under CloudWatch. */
export const cloudwatchKinds = [
  awsKind({
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    source: "internal/service/cloudwatch/metric_alarm.go",
    properties: {
      name: { onChange: "replace", autonamed: true },
      actionsEnabled: { onChange: "update", default: true },
      alarmActions: set,
      alarmDescription: changeable,
      comparisonOperator: changeable,
      datapointsToAlarm: changeable,
      dimensions: changeable,
      evaluateLowSampleCountPercentiles: chosen,
      evaluationPeriods: changeable,
      extendedStatistic: changeable,
      insufficientDataActions: set,
      metricName: changeable,
      metricQueries: set,
      namespace: changeable,
      okActions: set,
      period: changeable,
      statistic: changeable,
      threshold: changeable,
      thresholdMetricId: changeable,
      treatMissingData: { onChange: "update", default: "missing" },
      unit: changeable,
    },
    computed: ({ name }, { region }) => {
      const alarm = textOf(name, "alarm");
      return { id: alarm, outputs: { arn: `arn:aws:cloudwatch:${region}:${ACCOUNT}:alarm:${alarm}` } };
    },
  }),
  awsKind({
    type: "aws:cloudwatch/eventRule:EventRule",
    source: "internal/service/events/rule.go",
    properties: {
      name: { onChange: "replace", autonamed: true },
      namePrefix: replacing,
      description: changeable,
      eventBusName: { onChange: "replace", default: "default" },
      eventPattern: changeable,
      forceDestroy: { onChange: "update", default: false },
      // Deprecated; what is not given is no difference.
      isEnabled: chosen,
      roleArn: changeable,
      scheduleExpression: changeable,
      state: chosen,
    },
    computed: ({ name, eventBusName }, { region }) => {
      const rule = textOf(name, "rule");
      const [bus, prefix] = [textOf(eventBusName, "default"), `arn:aws:events:${region}:${ACCOUNT}:rule/`];
      const [id, arn] = bus === "default" ? [rule, `${prefix}${rule}`] : [`${bus}/${rule}`, `${prefix}${bus}/${rule}`];
      return { id, outputs: { arn, isEnabled: true, state: "ENABLED" } };
    },
  }),
  awsKind({
    type: "aws:cloudwatch/eventTarget:EventTarget",
    source: "internal/service/events/target.go",
    untagged: true,
    properties: {
      arn: { onChange: "update", required: true },
      batchTarget: changeable,
      deadLetterConfig: changeable,
      ecsTarget: changeable,
      "ecsTarget.networkConfiguration.securityGroups": set,
      "ecsTarget.networkConfiguration.subnets": set,
      eventBusName: { onChange: "replace", default: "default" },
      forceDestroy: { onChange: "update", default: false },
      httpTarget: changeable,
      input: changeable,
      inputPath: changeable,
      inputTransformer: changeable,
      kinesisTarget: changeable,
      redshiftTarget: changeable,
      retryPolicy: changeable,
      roleArn: changeable,
      rule: { onChange: "replace", required: true },
      runCommandTargets: changeable,
      sagemakerPipelineTarget: changeable,
      sqsTarget: changeable,
      targetId: { onChange: "replace", computed: true },
    },
    computed: ({ rule, targetId }) => {
      const target = textOf(targetId, "terraform-20260101000000000000000001");
      return { id: `${textOf(rule, "rule")}-${target}`, outputs: { targetId: target } };
    },
  }),
];
