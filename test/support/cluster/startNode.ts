import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../freePort.js";
import { childrenOf, signal } from "../processFamily.js";
import { startServerProcess } from "../serverProcess.js";
import { makeControlGroup } from "./controlGroup.js";
import { writePauseImage } from "./pauseImage.js";
import type { PodNetwork } from "./podNetwork.js";

export interface TestNode {
  importImage(archive: string): Promise<void>;
  readonly running: boolean;
  stop(): Promise<void>;
}

interface NodeRequest {
  programs: string;
  folder: string;
  kubeconfig: string;
  network: PodNetwork;
}

const PAUSE = "pgkeep.invalid/pause:1";
const PLUGINS = "/usr/lib/cni";

/** A kubelet and its containerd in namespaces of their own for processes and mounts: when the first process ends so do all Pods, and no mount stays. */
export async function startNode({ programs, folder, kubeconfig, network }: NodeRequest): Promise<TestNode> {
  const place = join(folder, "node");
  mkdirSync(place);
  const socket = join(place, "containerd.sock");
  const controlGroup = makeControlGroup(basename(folder));
  const files = writeConfigurations(place, socket, network, await freePort(), controlGroup.name);
  const kubelet = [
    ...[join(programs, "kubelet"), `--config=${files.kubelet}`, `--kubeconfig=${kubeconfig}`, "--hostname-override=node"],
    ...[`--node-ip=${network.hostAddress}`, `--root-dir=${join(place, "kubelet")}`, `--cert-dir=${join(place, "certificates")}`],
  ];
  // What the programs of Debian's packages expect in fixed places is the namespace's own.
  const script = [
    "mount -t tmpfs tmpfs /run && mkdir -p /run/lock /var/lib/kubelet && mount -t tmpfs tmpfs /var/lib/kubelet",
    'containerd --config "$1" &',
    'until [ -S "$2" ]; do sleep 0.05; done',
    "shift 2",
    'exec "$@"',
  ].join("\n");
  const namespaces = ["--mount", "--propagation", "private", "--pid", "--mount-proc", "--fork", "--kill-child"];
  const server = await startServerProcess({
    program: "unshare",
    args: [...namespaces, "sh", "-ec", script, "sh", files.containerd, socket, ...kubelet],
    logFile: join(folder, "node.log"),
    env: { PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin` },
    ready: () => existsSync(socket),
  });
  const stop = async () => {
    const first = childrenOf(server.processId);
    for (const processId of first) signal(processId, "SIGKILL");
    await server.end(first.length > 0 ? "SIGCONT" : "SIGKILL");
    controlGroup.remove();
  };
  const importImage = async (archive: string) => {
    const args = ["--address", socket, "--namespace", "k8s.io", "images", "import", "--no-unpack", archive];
    await promisify(execFile)("ctr", args);
  };
  try {
    await importImage(await writePauseImage(place, PAUSE));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    importImage,
    stop,
    get running() {
      return server.running;
    },
  };
}

function writeConfigurations(
  place: string,
  socket: string,
  network: PodNetwork,
  port: number,
  controlGroup: string,
): { containerd: string; kubelet: string } {
  const plugins = join(place, "cni");
  mkdirSync(plugins);
  const bridge = {
    type: "bridge",
    bridge: network.bridge,
    isGateway: true,
    ipam: {
      type: "host-local",
      ranges: [[{ subnet: network.podRange }]],
      dataDir: join(place, "addresses"),
      routes: [{ dst: "0.0.0.0/0" }],
    },
  };
  const conflist = { cniVersion: "0.4.0", name: "pgkeep", plugins: [bridge] };
  writeFileSync(join(plugins, "10-pgkeep.conflist"), JSON.stringify(conflist));
  const containerd = join(place, "containerd.toml");
  writeFileSync(
    containerd,
    [
      "version = 2",
      `root = "${join(place, "containerd")}"`,
      'state = "/run/containerd"',
      `[grpc]\naddress = "${socket}"`,
      '[plugins."io.containerd.grpc.v1.cri"]',
      `sandbox_image = "${PAUSE}"`,
      // Without it runc fails in a container of its own: "can't get final child's PID from pipe: EOF".
      "restrict_oom_score_adj = true",
      "disable_apparmor = true",
      `[plugins."io.containerd.grpc.v1.cri".cni]\nbin_dir = "${PLUGINS}"\nconf_dir = "${plugins}"`,
      '[plugins."io.containerd.grpc.v1.cri".containerd]\nsnapshotter = "overlayfs"',
      "",
    ].join("\n"),
  );
  const kubelet = join(place, "kubelet.json");
  const configuration = {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: network.hostAddress,
    port,
    healthzPort: 0,
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: "AlwaysAllow" },
    containerRuntimeEndpoint: `unix://${socket}`,
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${controlGroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    makeIPTablesUtilChains: false,
    podLogsDir: join(place, "logs"),
    evictionHard: { "memory.available": "0%", "nodefs.available": "0%", "nodefs.inodesFree": "0%", "imagefs.available": "0%" },
    imageGCHighThresholdPercent: 100,
    nodeStatusUpdateFrequency: "2s",
    syncFrequency: "2s",
    fileCheckFrequency: "1s",
  };
  writeFileSync(kubelet, JSON.stringify(configuration));
  return { containerd, kubelet };
}
