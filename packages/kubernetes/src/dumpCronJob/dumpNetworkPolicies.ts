import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { DumpCronJobArgs } from "./DumpCronJobArgs.js";
import { DUMP_CRON_JOB_DEFAULTS, dumpLabels } from "./dumpCronJobDefaults.js";
import type { KubernetesPodsArgs } from "./KubernetesPodArgs.js";

type PolicySpec = kubernetes.types.input.networking.v1.NetworkPolicySpec;
type Rule = kubernetes.types.input.networking.v1.NetworkPolicyEgressRule;
type Peer = kubernetes.types.input.networking.v1.NetworkPolicyPeer;

/** Where the agent of EKS Pod Identity answers on each node (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html). */
const POD_IDENTITY = ["169.254.170.23/32", "fd00:ec2::23/128"];

/** Every namespace bears it (https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name). */
const NAMESPACE_LABEL = "kubernetes.io/metadata.name";

/** What the dump's Pods may reach. Nothing may reach them. Policies are judged behind the translation of Services, so ports and addresses are those of Pods. */
export function egressPolicy(name: string, args: DumpCronJobArgs): PolicySpec {
  const { network = {} } = args;
  const dnsPorts = pulumi.output(network.dnsPorts ?? DUMP_CRON_JOB_DEFAULTS.dnsPorts);
  const database = databaseRule(args);
  return {
    podSelector: { matchLabels: dumpLabels(name) },
    policyTypes: ["Ingress", "Egress"],
    egress: [
      { ports: dnsPorts.apply((ports) => ports.flatMap((port) => ["UDP", "TCP"].map((protocol) => ({ port, protocol })))) },
      ...(database === undefined ? [] : [database]),
      storeRule(args),
      ...(network.podIdentity === true ? [{ to: blocks(POD_IDENTITY), ports: [tcp(80)] }] : []),
      ...(network.otherEgress ?? []).map((one) => ({
        to: [{ ipBlock: { cidr: one.cidr } }],
        ports: pulumi.output(one.ports ?? [443]).apply((ports) => ports.map(tcp)),
      })),
    ],
  };
}

/** What lets the dump in at the database's Pods, in their namespace. */
export function databaseIngressPolicy(name: string, args: DumpCronJobArgs, databasePods: KubernetesPodsArgs): PolicySpec {
  return {
    podSelector: { matchLabels: databasePods.labels },
    policyTypes: ["Ingress"],
    ingress: [
      {
        from: [
          { namespaceSelector: { matchLabels: { [NAMESPACE_LABEL]: args.namespace } }, podSelector: { matchLabels: dumpLabels(name) } },
        ],
        ports: [tcp(databasePort(args))],
      },
    ],
  };
}

function databaseRule(args: DumpCronJobArgs): Rule | undefined {
  const { network = {}, sidecars = [] } = args;
  const { databasePods, databaseCidr } = network;
  const ports = [tcp(databasePort(args))];
  if (databasePods !== undefined) return { to: [podsPeer(args, databasePods)], ports };
  if (databaseCidr !== undefined) return { to: [{ ipBlock: { cidr: databaseCidr } }], ports };
  // A proxy beside the dump leads to it, by ways that only its user knows.
  return sidecars.length > 0 ? undefined : { ports };
}

function storeRule(args: DumpCronJobArgs): Rule {
  const { network = {}, store } = args;
  const ports = [tcp(network.storePort ?? pulumi.output(store.endpoint).apply(endpointPort))];
  if (network.storePods !== undefined) return { to: [podsPeer(args, network.storePods)], ports };
  if (network.storeCidrs !== undefined) return { to: pulumi.output(network.storeCidrs).apply(blocks), ports };
  return { ports };
}

/** The port of an endpoint's address. */
export function endpointPort(endpoint: string | undefined): number {
  if (endpoint === undefined || !URL.canParse(endpoint)) return 443;
  const { port, protocol } = new URL(endpoint);
  return port === "" ? (protocol === "http:" ? 80 : 443) : Number(port);
}

export function databasePort({ network = {}, server }: DumpCronJobArgs): pulumi.Input<number> {
  return network.databasePort ?? server.port ?? DUMP_CRON_JOB_DEFAULTS.databasePort;
}

function podsPeer(args: DumpCronJobArgs, { labels, namespace }: KubernetesPodsArgs): Peer {
  return {
    namespaceSelector: { matchLabels: { [NAMESPACE_LABEL]: namespace ?? args.namespace } },
    podSelector: { matchLabels: labels },
  };
}

function blocks(cidrs: readonly string[]): Peer[] {
  return cidrs.map((cidr) => ({ ipBlock: { cidr } }));
}

function tcp(port: pulumi.Input<number>) {
  return { port, protocol: "TCP" };
}
