import { AGENT_CONTAINER } from "./agentTaskDefaults.js";

/** What the one container of a task is, once everything is known. */
export interface AgentContainer {
  image: string;
  /** The agent's words: `["backup"]`. */
  command: readonly string[];
  user: string;
  stopTimeout: number;
  environment: Readonly<Record<string, string>>;
  /** By variable, what ECS takes it from. */
  secrets: Readonly<Record<string, string>>;
  logGroupName: string;
  region: string;
}

/**
 * The volume of a task that is mounted as /tmp, and goes with the task. It is root's, 0755, unless the image declares VOLUME /tmp with rights of its own:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
 */
export const TEMPORARY_VOLUME = "tmp";

/**
 * The containers of a task definition as JSON. Nothing but /tmp can be written to, and no capability is left.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
 */
export function containerDefinitions(container: AgentContainer): string {
  const { image, command, user, stopTimeout, environment, secrets, logGroupName, region } = container;
  return JSON.stringify([
    {
      name: AGENT_CONTAINER,
      image,
      essential: true,
      command,
      user,
      readonlyRootFilesystem: true,
      linuxParameters: { capabilities: { drop: ["ALL"] }, initProcessEnabled: true },
      stopTimeout,
      mountPoints: [{ sourceVolume: TEMPORARY_VOLUME, containerPath: "/tmp", readOnly: false }],
      // Without a home of its own in the image, the user would have / for one.
      environment: named({ HOME: "/tmp", TMPDIR: "/tmp", ...environment }, "value"),
      secrets: named(secrets, "valueFrom"),
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": logGroupName,
          "awslogs-region": region,
          "awslogs-stream-prefix": AGENT_CONTAINER,
          // A backup must not wait for a log that cannot be written.
          mode: "non-blocking",
          "max-buffer-size": "25m",
        },
      },
    },
  ]);
}

/** In one order, so that the same variables make the same text. */
function named(values: Readonly<Record<string, string>>, property: string): Record<string, string>[] {
  return Object.entries(values)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => ({ name, [property]: value }));
}
