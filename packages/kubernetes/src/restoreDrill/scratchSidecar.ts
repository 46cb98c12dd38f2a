import { scratchServerSettings } from "@pgkeep/core";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { CONTAINER_SECURITY } from "../agentPod/agentPodSpec.js";
import { KubernetesImagePullPolicy } from "../agentPod/KubernetesPodArgs.js";
import { DATA_FOLDER, DRILL_DEFAULTS, SCRATCH_CONTAINER, SCRATCH_SUPERUSER, SOCKET_FOLDER } from "./drillDefaults.js";
import type { KubernetesRestoreDrillArgs, KubernetesScratchServerArgs } from "./KubernetesRestoreDrillArgs.js";
import type { SettledDrill } from "./settleDrill.js";

type Container = kubernetes.types.input.core.v1.Container;

/** What keeps restored code in and the agent's way to the server open, beside the settings of every scratch server. */
const SOCKET_SETTINGS = {
  unix_socket_directories: SOCKET_FOLDER,
  // To the Pod's group, which the agent has: it is another user.
  unix_socket_permissions: "0770",
  port: "5432",
};

/** Settings that nobody else gives the server. */
export const OWN_SETTINGS: readonly string[] = Object.keys({ ...scratchServerSettings(18), ...SOCKET_SETTINGS });

/**
 * Starts a new server without what an image's own entry point would do, which differs from image to image and starts a first server on the same socket, and
 * removes all it held when it ends: a Pod that ended keeps its volume for a while. Debian has the programs in a folder by version that no PATH names. The
 * first argument is the major version, the others are the server's.
 */
const START = [
  "set -eu",
  'PATH="/usr/lib/postgresql/$1/bin:/usr/pgsql-$1/bin:$PATH"',
  "shift",
  `data=${DATA_FOLDER}/server`,
  'rm -rf "$data"',
  `initdb --pgdata="$data" --username=${SCRATCH_SUPERUSER} --encoding=UTF8 --locale=C --auth=trust --no-sync >/dev/null`,
  'postgres -D "$data" "$@" &',
  "server=$!",
  "trap 'kill -INT $server' TERM INT",
  "# A signal ends the wait, not the server.",
  'while kill -0 "$server" 2>/dev/null; do wait "$server" || true; done',
  'rm -rf "$data"',
].join("\n");

/**
 * The scratch server: without TCP, in a container that has neither the agent's variables nor its files. There is no probe on purpose: the agent waits for the
 * socket and ends with what is wrong, whereas a sidecar that never becomes ready would hold the Pod until the Job's deadline.
 */
export function scratchSidecar(
  server: KubernetesScratchServerArgs,
  image: pulumi.Input<string>,
  { major: ofServer }: SettledDrill,
  args: KubernetesRestoreDrillArgs,
): Container {
  const memory = server.memory ?? DRILL_DEFAULTS.scratchMemory;
  const command = pulumi
    .all([ofServer, pulumi.output(server.settings ?? {})])
    .apply(([major = 0, settings]) => [
      SCRATCH_CONTAINER,
      String(major),
      ...Object.entries({ ...settings, ...scratchServerSettings(major), ...SOCKET_SETTINGS }).flatMap(([name, value]) => [
        "-c",
        `${name}=${value}`,
      ]),
    ]);
  return {
    name: SCRATCH_CONTAINER,
    image,
    imagePullPolicy: args.imagePullPolicy ?? KubernetesImagePullPolicy.IfNotPresent,
    restartPolicy: "Always",
    command: ["sh", "-c", START],
    args: command,
    env: [{ name: "HOME", value: "/tmp" }],
    resources: { requests: { cpu: server.cpuRequest ?? DRILL_DEFAULTS.scratchCpuRequest, memory }, limits: { memory } },
    securityContext: { ...CONTAINER_SECURITY, runAsUser: server.userId ?? DRILL_DEFAULTS.scratchUserId },
    volumeMounts: [
      // Not the agent's: what it writes there is not for restored code.
      { name: "scratch-tmp", mountPath: "/tmp" },
      { name: "scratch-socket", mountPath: SOCKET_FOLDER },
      { name: "scratch-data", mountPath: DATA_FOLDER },
    ],
  };
}
