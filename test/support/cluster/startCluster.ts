import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../freePort.js";
import { startKubernetes, type TestKubernetes } from "../kubernetesServer.js";
import { type ServerProcess, startServerProcess } from "../serverProcess.js";
import { forwardService } from "./forwardService.js";
import { runKubectl } from "./kubectl.js";
import { createBridge } from "./podNetwork.js";
import { startNode, type TestNode } from "./startNode.js";

/** A real Kubernetes cluster of one node, on which Pods run. */
export interface TestCluster extends TestKubernetes {
  /** This machine's address as Pods see it: what a test starts listens there for them. */
  hostAddress: string;
  /** Folder of Kubernetes' programs. */
  programs: string;
  /** Runs kubectl as somebody who may do everything, and returns what it printed. */
  kubectl(...args: string[]): Promise<string>;
  /** Makes an image known to the node, from what `docker save` wrote. Pods name it with `imagePullPolicy: Never`. */
  importImage(archive: string): Promise<void>;
  /** What the node's programs said, for a test that failed. */
  log(): string;
}

/** Of the node's log, where it did not start. */
const LAST_LINES = 5;

/** Why a test that needs it cannot run here; undefined when it can. */
export function missingCluster(): string | undefined {
  const { PGKEEP_ETCD, PGKEEP_KUBE_APISERVER, PGKEEP_KUBERNETES_NODE } = process.env;
  const complete = PGKEEP_ETCD !== undefined && PGKEEP_KUBE_APISERVER !== undefined && PGKEEP_KUBERNETES_NODE !== undefined;
  return complete ? undefined : "a Kubernetes node (kubelet, containerd) cannot be started on this machine";
}

/**
 * Starts a cluster: etcd, API server, controllers, scheduler, and a kubelet with a containerd of its own in namespaces of its own. Pods get addresses
 * of a bridge of this machine; there is no DNS and no kube-proxy, and nothing enforces a NetworkPolicy.
 */
export async function startCluster(): Promise<TestCluster> {
  const programs = process.env.PGKEEP_KUBERNETES_NODE;
  if (programs === undefined)
    throw new Error(`${missingCluster()}. \`npm test\` makes it possible where it can, and says why where it cannot.`);
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-cluster-"));
  const ends: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })];
  const stop = async () => {
    for (const end of ends.reverse()) await end();
  };
  try {
    const network = await createBridge();
    ends.push(network.remove);
    const kubernetes = await startKubernetes({ controllers: true, serviceRange: network.serviceRange });
    ends.push(kubernetes.stop);
    ends.push(await forwardService({ address: network.serviceAddress, port: 443 }, new URL(kubernetes.endpoint)));
    const kubeconfig = join(folder, "kubeconfig");
    writeFileSync(kubeconfig, kubernetes.kubeconfig, { mode: 0o600 });
    for (const server of await startControllers(programs, folder, kubeconfig, kubernetes.serviceKey))
      ends.push(() => server.end("SIGKILL"));
    const kubectl = (...args: string[]) => runKubectl(join(programs, "kubectl"), kubeconfig, args);
    const node = await withLog(join(folder, "node.log"), async () => {
      const started = await startNode({ programs, folder, kubeconfig, network });
      ends.push(started.stop);
      await waitForNode(started, kubectl);
      return started;
    });
    // Made by a controller, shortly after its namespace: without it no Pod is admitted.
    await kubectl("wait", "--for=create", "serviceaccount/default", "--timeout=60s");
    return { ...kubernetes, ...offered(folder, node), hostAddress: network.hostAddress, programs, kubectl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Adds the end of a log to what goes wrong. */
async function withLog<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const lines = existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
    // Without what containerd and the kubelet say in any case.
    const said = lines.filter((line) => !/ level=info |^I\d{4} /.test(line)).slice(-LAST_LINES);
    throw new Error([(error as Error).message.trimEnd(), "The node said:", ...said].join("\n"), { cause: error });
  }
}

async function waitForNode(node: TestNode, kubectl: TestCluster["kubectl"]): Promise<void> {
  const ready = (async () => {
    await kubectl("wait", "--for=create", "node/node", "--timeout=60s");
    await kubectl("wait", "--for=condition=Ready", "node/node", "--timeout=60s");
  })();
  const over = new AbortController();
  const ended = (async () => {
    while (node.running && !over.signal.aborted) await sleep(200);
    if (!over.signal.aborted) throw new Error("The kubelet ended at its start.");
  })();
  try {
    await Promise.race([ready, ended]);
  } finally {
    over.abort();
    ready.catch(() => undefined);
  }
}

function offered(folder: string, node: TestNode): Pick<TestCluster, "importImage" | "log"> {
  return {
    importImage: node.importImage,
    log: () =>
      ["kube-controller-manager", "kube-scheduler", "node"].map((name) => readFileSync(join(folder, `${name}.log`), "utf8")).join("\n"),
  };
}

async function startControllers(programs: string, folder: string, kubeconfig: string, serviceKey: string): Promise<ServerProcess[]> {
  const start = async (name: string, args: string[]) => {
    const port = await freePort();
    return await startServerProcess({
      program: join(programs, name),
      args: [`--kubeconfig=${kubeconfig}`, "--leader-elect=false", "--bind-address=127.0.0.1", `--secure-port=${port}`, ...args],
      logFile: join(folder, `${name}.log`),
      ready: () => isListening(port),
    });
  };
  return await Promise.all([
    start("kube-controller-manager", [
      ...["--controllers=*", "--use-service-account-credentials", `--service-account-private-key-file=${serviceKey}`],
      // Jobs that are retried wait 10 s, then 20 s: the controller has no setting for it. What can be hastened is.
      ...["--concurrent-gc-syncs=2", "--node-monitor-period=2s"],
      ...["--authentication-kubeconfig", kubeconfig, "--authorization-kubeconfig", kubeconfig, `--cert-dir=${join(folder, "controllers")}`],
    ]),
    start("kube-scheduler", ["--authentication-kubeconfig", kubeconfig, "--authorization-kubeconfig", kubeconfig]),
  ]);
}

async function isListening(port: number): Promise<boolean> {
  const { connect } = await import("node:net");
  return await new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(socket.destroy() !== undefined));
    socket.once("error", () => resolve(false));
  });
}
