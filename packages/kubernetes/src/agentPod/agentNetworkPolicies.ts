import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { KubernetesDumpNetworkArgs } from "../dumpCronJob/DumpCronJobArgs.js";
import { AGENT_POD_DEFAULTS } from "./agentPodDefaults.js";
import type { KubernetesPodsArgs, KubernetesSidecarArgs } from "./KubernetesPodArgs.js";

type PolicySpec = kubernetes.types.input.networking.v1.NetworkPolicySpec;
type Rule = kubernetes.types.input.networking.v1.NetworkPolicyEgressRule;
type Peer = kubernetes.types.input.networking.v1.NetworkPolicyPeer;

/** Where the agent of EKS Pod Identity answers on each node (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html). */
const POD_IDENTITY = ["169.254.170.23/32", "fd00:ec2::23/128"];

/** Every namespace bears it (https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name). */
const NAMESPACE_LABEL = "kubernetes.io/metadata.name";

/** Who speaks to whom. Policies are judged behind the translation of Services, so ports and addresses are those of Pods. */
export interface AgentNetwork {
  /** Labels of the Pods. */
  labels: Record<string, string>;
  namespace: pulumi.Input<string>;
  network: KubernetesDumpNetworkArgs;
  /** Of the server. Undefined where none is reached, or only by ways that a proxy beside the agent knows. */
  databasePort?: pulumi.Input<number> | undefined;
  /** Of the store. Undefined where none is reached. */
  storePort?: pulumi.Input<number> | undefined;
  /** Kubernetes' own API, at any address where none is given. Undefined where it is not spoken to. */
  apiServer?: { ports: pulumi.Input<pulumi.Input<number>[]>; cidrs?: pulumi.Input<pulumi.Input<string>[]> | undefined };
  /** What they listen on, and for whom: every Pod of the cluster where none are given. Undefined where nothing may reach them. */
  incoming?: { port: number; pods?: KubernetesPodsArgs | undefined };
}

/** What the agent's Pods may reach, and who may reach them. */
export function egressPolicy({ labels, namespace, network, databasePort, storePort, apiServer, incoming }: AgentNetwork): PolicySpec {
  const dnsPorts = pulumi.output(network.dnsPorts ?? AGENT_POD_DEFAULTS.dnsPorts);
  const { databasePods, databaseCidr, storePods, storeCidrs } = network;
  return {
    podSelector: { matchLabels: labels },
    policyTypes: ["Ingress", "Egress"],
    ...(incoming === undefined ? {} : { ingress: [{ from: [podsOf(namespace, incoming.pods)], ports: [tcp(incoming.port)] }] }),
    egress: [
      { ports: dnsPorts.apply((ports) => ports.flatMap((port) => ["UDP", "TCP"].map((protocol) => ({ port, protocol })))) },
      ...(databasePort === undefined
        ? []
        : [towards(databasePort, namespace, databasePods, databaseCidr === undefined ? undefined : [databaseCidr])]),
      ...(apiServer === undefined ? [] : [towardsAny(apiServer.ports, apiServer.cidrs)]),
      ...(storePort === undefined ? [] : [towards(storePort, namespace, storePods, storeCidrs)]),
      ...(network.podIdentity === true ? [{ to: blocks(POD_IDENTITY), ports: [tcp(80)] }] : []),
      ...(network.otherEgress ?? []).map((one) => ({
        to: [{ ipBlock: { cidr: one.cidr } }],
        ports: pulumi.output(one.ports ?? [443]).apply((ports) => ports.map(tcp)),
      })),
    ],
  };
}

/** What lets Pods in at the database's Pods, in their namespace. */
export function databaseIngressPolicy(
  labels: Record<string, string>,
  namespace: pulumi.Input<string>,
  databasePods: KubernetesPodsArgs,
  port: pulumi.Input<number>,
): PolicySpec {
  return {
    podSelector: { matchLabels: databasePods.labels },
    policyTypes: ["Ingress"],
    ingress: [
      {
        from: [{ namespaceSelector: { matchLabels: { [NAMESPACE_LABEL]: namespace } }, podSelector: { matchLabels: labels } }],
        ports: [tcp(port)],
      },
    ],
  };
}

/** At any address on this port alone, where neither Pods nor addresses are given. */
function towards(
  port: pulumi.Input<number>,
  namespace: pulumi.Input<string>,
  pods: KubernetesPodsArgs | undefined,
  cidrs: pulumi.Input<pulumi.Input<string>[]> | undefined,
): Rule {
  return pods === undefined ? towardsAny([port], cidrs) : { to: [podsOf(namespace, pods)], ports: [tcp(port)] };
}

/** Every Pod of every namespace where none are given. */
function podsOf(namespace: pulumi.Input<string>, pods: KubernetesPodsArgs | undefined): Peer {
  if (pods === undefined) return { namespaceSelector: {} };
  const there = { matchLabels: { [NAMESPACE_LABEL]: pods.namespace ?? namespace } };
  return { namespaceSelector: there, podSelector: { matchLabels: pods.labels } };
}

function towardsAny(ports: pulumi.Input<pulumi.Input<number>[]>, cidrs: pulumi.Input<pulumi.Input<string>[]> | undefined): Rule {
  const open = pulumi.output(ports).apply((known) => known.map(tcp));
  return cidrs === undefined ? { ports: open } : { to: pulumi.output(cidrs).apply(blocks), ports: open };
}

/** Whether the database is reached through a proxy beside the agent alone, by ways that only its user knows. */
export function isReachedByProxy(
  { databasePods, databaseCidr }: KubernetesDumpNetworkArgs,
  sidecars: readonly KubernetesSidecarArgs[],
): boolean {
  return sidecars.length > 0 && databasePods === undefined && databaseCidr === undefined;
}

/** The port of a store's endpoint. */
export function endpointPort(endpoint: string | undefined): number {
  if (endpoint === undefined || !URL.canParse(endpoint)) return 443;
  const { port, protocol } = new URL(endpoint);
  return port === "" ? (protocol === "http:" ? 80 : 443) : Number(port);
}

function blocks(cidrs: readonly string[]): Peer[] {
  return cidrs.map((cidr) => ({ ipBlock: { cidr } }));
}

function tcp(port: pulumi.Input<number>) {
  return { port, protocol: "TCP" };
}
