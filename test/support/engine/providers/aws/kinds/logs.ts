import { ACCOUNT, awsKind, changeable, replacing, textOf } from "../awsKind.js";

export const logsKinds = [
  awsKind({
    type: "aws:cloudwatch/logGroup:LogGroup",
    source: "internal/service/logs/group.go",
    properties: {
      deletionProtectionEnabled: changeable,
      kmsKeyId: changeable,
      logGroupClass: { onChange: "replace", computed: true },
      name: { onChange: "replace", autonamed: true },
      namePrefix: replacing,
      retentionInDays: { onChange: "update", default: 0 },
      skipDestroy: { onChange: "update", default: false },
    },
    computed: ({ name }, { region }) => {
      const id = textOf(name, "group");
      return { id, outputs: { arn: `arn:aws:logs:${region}:${ACCOUNT}:log-group:${id}`, logGroupClass: "STANDARD" } };
    },
  }),
];
