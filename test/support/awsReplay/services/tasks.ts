import {
  CreateClusterCommand,
  DescribeClustersCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from "@aws-sdk/client-ecs";
import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  CreateScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListTagsForResourceCommand,
} from "@aws-sdk/client-scheduler";
import { type Properties, pulumiNames, type Replayer, sdkNames, tagList, tagMap } from "../Replayer.js";

const lowerTags = (tags: unknown) => tagList(tags).map(({ Key, Value }) => ({ key: Key, value: Value }));

export const taskReplayers: Replayer[] = [
  {
    type: "aws:ecs/cluster:Cluster",
    create: async ({ ecs }, { name, settings, configuration, tags }) => {
      const { cluster } = await ecs.send(
        new CreateClusterCommand({
          clusterName: name as string,
          settings: settings as { name: "containerInsights"; value: string }[],
          configuration: configuration as object,
          tags: lowerTags(tags),
        }),
      );
      return { id: cluster?.clusterArn, arn: cluster?.clusterArn };
    },
    read: async ({ ecs }, { name }) => {
      const { clusters = [] } = await ecs.send(
        new DescribeClustersCommand({ clusters: [name as string], include: ["TAGS", "SETTINGS", "CONFIGURATIONS"] }),
      );
      const [cluster] = clusters;
      return {
        name: cluster?.clusterName,
        settings: cluster?.settings,
        configuration: cluster?.configuration,
        tags: tagMap(cluster?.tags?.map(({ key, value }) => ({ Key: key, Value: value }))),
      };
    },
  },
  {
    type: "aws:ecs/taskDefinition:TaskDefinition",
    providersOwn: ["skipDestroy", "trackLatest"],
    create: async ({ ecs }, { containerDefinitions, tags, region: _region, skipDestroy: _skip, trackLatest: _track, volumes, ...rest }) => {
      const { taskDefinition } = await ecs.send(
        new RegisterTaskDefinitionCommand({
          ...(rest as unknown as RegisterTaskDefinitionCommandInput),
          containerDefinitions: JSON.parse(String(containerDefinitions)),
          volumes: (volumes ?? []) as object[],
          tags: lowerTags(tags),
        }),
      );
      return { arn: taskDefinition?.taskDefinitionArn };
    },
    read: async ({ ecs }, { containerDefinitions, runtimePlatform }, { arn }) => {
      const { taskDefinition = {}, tags = [] } = await ecs.send(
        new DescribeTaskDefinitionCommand({ taskDefinition: String(arn), include: ["TAGS"] }),
      );
      // The server adds to each container what it defaults to; what was said must be there.
      const said = JSON.parse(String(containerDefinitions)) as Properties[];
      const containers = (taskDefinition.containerDefinitions ?? []) as unknown as Properties[];
      return {
        ...(taskDefinition as Properties),
        runtimePlatform: (taskDefinition as Properties).runtimePlatform ?? (runtimePlatform === undefined ? undefined : null),
        containerDefinitions: said.map((container, index) =>
          Object.fromEntries(Object.keys(container).map((key) => [key, containers[index]?.[key]])),
        ),
        tags: tagMap(tags.map(({ key, value }) => ({ Key: key, Value: value }))),
      };
    },
  },
  {
    type: "aws:scheduler/scheduleGroup:ScheduleGroup",
    create: async ({ scheduler }, { name, tags }) => {
      const { ScheduleGroupArn } = await scheduler.send(new CreateScheduleGroupCommand({ Name: name as string, Tags: tagList(tags) }));
      return { id: name, arn: ScheduleGroupArn };
    },
    read: async ({ scheduler }, { name }, { arn }) => {
      const group = await scheduler.send(new GetScheduleGroupCommand({ Name: name as string }));
      const { Tags } = await scheduler.send(new ListTagsForResourceCommand({ ResourceArn: String(arn) }));
      return { name: group.Name, tags: tagMap(Tags) };
    },
  },
  {
    type: "aws:scheduler/schedule:Schedule",
    create: async ({ scheduler }, { region: _region, target, ...schedule }) => {
      const { ScheduleArn } = await scheduler.send(
        new CreateScheduleCommand({
          ...(sdkNames(schedule) as unknown as CreateScheduleCommandInput),
          Target: scheduleTarget(target as Properties) as never,
        }),
      );
      return { arn: ScheduleArn };
    },
    read: async ({ scheduler }, { name, groupName }) => {
      const { Target, ...schedule } = await scheduler.send(
        new GetScheduleCommand({ Name: name as string, ...(groupName === undefined ? {} : { GroupName: groupName as string }) }),
      );
      return { ...(pulumiNames(schedule) as Properties), target: scheduleTargetBack(Target as Properties | undefined) };
    },
  },
];

/** The one place where the API's own names begin in lower case is awsvpcConfiguration. */
function scheduleTarget({ ecsParameters, ...target }: Properties): Properties {
  const { networkConfiguration, tags, ...ecs } = (ecsParameters ?? {}) as Properties;
  const network = networkConfiguration as { subnets: string[]; securityGroups?: string[]; assignPublicIp?: boolean } | undefined;
  return {
    ...(sdkNames(target) as Properties),
    EcsParameters: {
      ...(sdkNames(ecs) as Properties),
      ...(tags === undefined ? {} : { Tags: tagList(tags) }),
      ...(network === undefined
        ? {}
        : {
            NetworkConfiguration: {
              awsvpcConfiguration: {
                Subnets: network.subnets,
                SecurityGroups: network.securityGroups,
                AssignPublicIp: network.assignPublicIp === true ? "ENABLED" : "DISABLED",
              },
            },
          }),
    },
  };
}

function scheduleTargetBack(found: Properties | undefined): unknown {
  if (found === undefined) return undefined;
  const { EcsParameters, ...target } = found;
  const { NetworkConfiguration, Tags, ...ecs } = (EcsParameters ?? {}) as Properties;
  const network = (
    NetworkConfiguration as { awsvpcConfiguration?: { Subnets?: string[]; SecurityGroups?: string[]; AssignPublicIp?: string } }
  )?.awsvpcConfiguration;
  return {
    ...(pulumiNames(target) as Properties),
    ecsParameters: {
      ...(pulumiNames(ecs) as Properties),
      ...(Tags === undefined ? {} : { tags: tagMap(Tags as never) }),
      ...(network === undefined
        ? {}
        : {
            networkConfiguration: {
              subnets: network.Subnets,
              ...(network.SecurityGroups === undefined ? {} : { securityGroups: network.SecurityGroups }),
              assignPublicIp: network.AssignPublicIp === "ENABLED",
            },
          }),
    },
  };
}
