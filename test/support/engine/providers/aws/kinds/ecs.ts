import { ACCOUNT, awsKind, changeable, replacing, textOf, told } from "../awsKind.js";

export const ecsKinds = [
  awsKind({
    type: "aws:ecs/cluster:Cluster",
    source: "internal/service/ecs/cluster.go",
    properties: {
      name: { onChange: "replace", autonamed: true },
      configuration: changeable,
      serviceConnectDefaults: changeable,
      settings: { onChange: "update", computed: true, set: true },
    },
    computed: ({ name }, { region }) => {
      const arn = `arn:aws:ecs:${region}:${ACCOUNT}:cluster/${textOf(name, "cluster")}`;
      return { id: arn, outputs: { arn, settings: [{ name: "containerInsights", value: "disabled" }] } };
    },
  }),
  // Every property but tags and skipDestroy makes another revision, which is another resource.
  awsKind({
    type: "aws:ecs/taskDefinition:TaskDefinition",
    source: "internal/service/ecs/task_definition.go",
    properties: {
      containerDefinitions: { onChange: "replace", required: true },
      cpu: replacing,
      enableFaultInjection: { onChange: "replace", computed: true },
      ephemeralStorage: replacing,
      executionRoleArn: replacing,
      family: { onChange: "replace", required: true },
      ipcMode: replacing,
      memory: replacing,
      networkMode: { onChange: "replace", computed: true },
      pidMode: replacing,
      placementConstraints: { onChange: "replace", set: true },
      proxyConfiguration: replacing,
      requiresCompatibilities: { onChange: "replace", set: true },
      runtimePlatform: replacing,
      skipDestroy: { onChange: "update", default: false },
      taskRoleArn: replacing,
      trackLatest: { onChange: "update", default: false },
      volumes: { onChange: "replace", set: true },
      arnWithoutRevision: told,
      revision: told,
    },
    computed: ({ family }, { region }) => {
      const id = textOf(family, "family");
      const arnWithoutRevision = `arn:aws:ecs:${region}:${ACCOUNT}:task-definition/${id}`;
      return {
        id,
        outputs: { arn: `${arnWithoutRevision}:1`, arnWithoutRevision, revision: 1, networkMode: "awsvpc", enableFaultInjection: false },
      };
    },
  }),
];
