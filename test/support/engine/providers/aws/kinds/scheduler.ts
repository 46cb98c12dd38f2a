import { ACCOUNT, awsKind, changeable, chosen, replacing, textOf, told } from "../awsKind.js";

const named = { name: { onChange: "replace", autonamed: true }, namePrefix: replacing } as const;

export const schedulerKinds = [
  awsKind({
    type: "aws:scheduler/schedule:Schedule",
    source: "internal/service/scheduler/schedule.go",
    untagged: true,
    properties: {
      ...named,
      actionAfterCompletion: chosen,
      description: changeable,
      endDate: changeable,
      flexibleTimeWindow: { onChange: "update", required: true },
      groupName: { onChange: "replace", computed: true },
      kmsKeyArn: changeable,
      scheduleExpression: { onChange: "update", required: true },
      scheduleExpressionTimezone: { onChange: "update", default: "UTC" },
      startDate: changeable,
      state: { onChange: "update", default: "ENABLED" },
      target: { onChange: "update", required: true },
      "target.ecsParameters.networkConfiguration.securityGroups": { onChange: "update", set: true },
      "target.ecsParameters.networkConfiguration.subnets": { onChange: "update", set: true },
      arn: told,
    },
    computed: ({ name, groupName }, { region }) => {
      const [group, schedule] = [textOf(groupName, "default"), textOf(name, "schedule")];
      const arn = `arn:aws:scheduler:${region}:${ACCOUNT}:schedule/${group}/${schedule}`;
      return { id: `${group}/${schedule}`, outputs: { arn, groupName: group, actionAfterCompletion: "NONE" } };
    },
  }),
  awsKind({
    type: "aws:scheduler/scheduleGroup:ScheduleGroup",
    source: "internal/service/scheduler/schedule_group.go",
    properties: { ...named, creationDate: told, lastModificationDate: told, state: told },
    computed: ({ name }, { region }) => {
      const id = textOf(name, "group");
      const at = "2026-01-01T00:00:00Z";
      const arn = `arn:aws:scheduler:${region}:${ACCOUNT}:schedule-group/${id}`;
      return { id, outputs: { arn, creationDate: at, lastModificationDate: at, state: "ACTIVE" } };
    },
  }),
];
