import { uuidOf } from "../../uuidOf.js";
import { ACCOUNT, awsKind, changeable, chosen, replacing, textOf, told } from "../awsKind.js";

const feedback = Object.fromEntries(
  ["application", "firehose", "http", "lambda", "sqs"].flatMap((protocol) => [
    [`${protocol}FailureFeedbackRoleArn`, changeable],
    [`${protocol}SuccessFeedbackRoleArn`, changeable],
    [`${protocol}SuccessFeedbackSampleRate`, changeable],
  ]),
);

export const snsKinds = [
  awsKind({
    type: "aws:sns/topic:Topic",
    source: "internal/service/sns/topic.go",
    properties: {
      ...feedback,
      name: { onChange: "replace", autonamed: true },
      namePrefix: replacing,
      archivePolicy: changeable,
      beginningArchiveTime: told,
      contentBasedDeduplication: { onChange: "update", default: false },
      deliveryPolicy: changeable,
      displayName: changeable,
      fifoThroughputScope: chosen,
      fifoTopic: { onChange: "replace", default: false },
      kmsMasterKeyId: changeable,
      owner: told,
      policy: chosen,
      signatureVersion: chosen,
      tracingConfig: chosen,
    },
    computed: ({ name }, { region }) => {
      const arn = `arn:aws:sns:${region}:${ACCOUNT}:${textOf(name, "topic")}`;
      return { id: arn, outputs: { arn, owner: ACCOUNT, signatureVersion: 1, beginningArchiveTime: "", tracingConfig: "PassThrough" } };
    },
  }),
  awsKind({
    type: "aws:sns/topicPolicy:TopicPolicy",
    source: "internal/service/sns/topic_policy.go",
    untagged: true,
    properties: {
      arn: { onChange: "replace", required: true },
      policy: { onChange: "update", required: true },
      owner: told,
    },
    computed: ({ arn }) => ({ id: textOf(arn, "topic"), outputs: { owner: ACCOUNT } }),
  }),
  awsKind({
    type: "aws:sns/topicSubscription:TopicSubscription",
    source: "internal/service/sns/topic_subscription.go",
    untagged: true,
    properties: {
      arn: told,
      confirmationTimeoutInMinutes: { onChange: "update", default: 1 },
      confirmationWasAuthenticated: told,
      deliveryPolicy: changeable,
      endpoint: { onChange: "replace", required: true },
      endpointAutoConfirms: { onChange: "update", default: false },
      filterPolicy: changeable,
      filterPolicyScope: chosen,
      ownerId: told,
      pendingConfirmation: told,
      protocol: { onChange: "replace", required: true },
      rawMessageDelivery: { onChange: "update", default: false },
      redrivePolicy: changeable,
      replayPolicy: changeable,
      subscriptionRoleArn: changeable,
      topic: { onChange: "replace", required: true },
    },
    computed: ({ topic }, { name }) => {
      const arn = `${textOf(topic, "topic")}:${uuidOf(name)}`;
      return { id: arn, outputs: { arn, ownerId: ACCOUNT, pendingConfirmation: true, confirmationWasAuthenticated: false } };
    },
  }),
];
