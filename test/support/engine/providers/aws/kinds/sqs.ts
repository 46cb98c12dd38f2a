import { ACCOUNT, awsKind, changeable, chosen, replacing, textOf, told } from "../awsKind.js";

export const sqsKinds = [
  awsKind({
    type: "aws:sqs/queue:Queue",
    source: "internal/service/sqs/queue.go",
    properties: {
      name: { onChange: "replace", autonamed: true },
      namePrefix: replacing,
      contentBasedDeduplication: { onChange: "update", default: false },
      deduplicationScope: chosen,
      delaySeconds: { onChange: "update", default: 0 },
      fifoQueue: { onChange: "replace", default: false },
      fifoThroughputLimit: chosen,
      kmsDataKeyReusePeriodSeconds: chosen,
      kmsMasterKeyId: changeable,
      maxMessageSize: { onChange: "update", default: 262_144 },
      messageRetentionSeconds: { onChange: "update", default: 345_600 },
      policy: chosen,
      receiveWaitTimeSeconds: { onChange: "update", default: 0 },
      redriveAllowPolicy: chosen,
      redrivePolicy: chosen,
      sqsManagedSseEnabled: chosen,
      visibilityTimeoutSeconds: { onChange: "update", default: 30 },
      url: told,
    },
    computed: ({ name }, { region }) => {
      const queue = textOf(name, "queue");
      const url = `https://sqs.${region}.amazonaws.com/${ACCOUNT}/${queue}`;
      const arn = `arn:aws:sqs:${region}:${ACCOUNT}:${queue}`;
      return { id: url, outputs: { arn, url, sqsManagedSseEnabled: true, kmsDataKeyReusePeriodSeconds: 300 } };
    },
  }),
  awsKind({
    type: "aws:sqs/queuePolicy:QueuePolicy",
    source: "internal/service/sqs/queue_policy.go",
    untagged: true,
    properties: {
      policy: { onChange: "update", required: true },
      queueUrl: { onChange: "replace", required: true },
    },
    computed: ({ queueUrl }) => ({ id: textOf(queueUrl, "queue"), outputs: {} }),
  }),
];
