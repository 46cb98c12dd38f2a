import { BlockList, isIPv6 } from "node:net";

/** A NetworkPolicy as far as this evaluator reads it: selectors by `matchLabels`, numeric ports. */
export interface NetworkPolicy {
  metadata: { namespace: string };
  spec: {
    podSelector?: Selector;
    policyTypes: string[];
    ingress?: { from?: Peer[]; ports?: Port[] }[];
    egress?: { to?: Peer[]; ports?: Port[] }[];
  };
}

interface Selector {
  matchLabels?: Record<string, string>;
}

interface Peer {
  podSelector?: Selector;
  namespaceSelector?: Selector;
  ipBlock?: { cidr: string; except?: string[] };
}

interface Port {
  port?: number;
  protocol?: string;
}

/** A Pod, or something outside of the cluster, which has no namespace. */
export interface Endpoint {
  address: string;
  namespace?: string;
  labels?: Record<string, string>;
}

/**
 * Whether a connection may be made, by the semantics of networking.k8s.io/v1 (https://kubernetes.io/docs/concepts/services-networking/network-policies/):
 * a Pod that any policy selects for a direction is isolated in it, and then what any of these policies lists is allowed; both ends must allow it. A
 * namespace is taken to have no label but its name.
 */
export function mayConnect(policies: readonly NetworkPolicy[], from: Endpoint, to: Endpoint, port: number, protocol = "TCP"): boolean {
  return (
    allowed(policies, "Egress", from, to, port, protocol) &&
    // What is outside has no policies of this cluster.
    allowed(policies, "Ingress", to, from, port, protocol)
  );
}

function allowed(
  policies: readonly NetworkPolicy[],
  direction: "Ingress" | "Egress",
  pod: Endpoint,
  other: Endpoint,
  port: number,
  protocol: string,
): boolean {
  const selecting = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.namespace && spec.policyTypes.includes(direction) && selects(spec.podSelector, pod.labels ?? {}),
  );
  if (selecting.length === 0) return true;
  return selecting.some((policy) => {
    const rules: { peers: Peer[] | undefined; ports: Port[] | undefined }[] =
      direction === "Egress"
        ? (policy.spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }))
        : (policy.spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }));
    return rules.some(
      ({ peers, ports }) =>
        (peers === undefined || peers.length === 0 || peers.some((peer) => isPeer(peer, policy.metadata.namespace, other))) &&
        (ports === undefined ||
          ports.length === 0 ||
          ports.some((one) => (one.protocol ?? "TCP") === protocol && (one.port === undefined || one.port === port))),
    );
  });
}

function isPeer({ podSelector, namespaceSelector, ipBlock }: Peer, policyNamespace: string, other: Endpoint): boolean {
  if (ipBlock !== undefined)
    return within(ipBlock.cidr, other.address) && !(ipBlock.except ?? []).some((cidr) => within(cidr, other.address));
  if (other.namespace === undefined) return false;
  const here =
    namespaceSelector === undefined
      ? other.namespace === policyNamespace
      : selects(namespaceSelector, { "kubernetes.io/metadata.name": other.namespace });
  return here && (podSelector === undefined || selects(podSelector, other.labels ?? {}));
}

function selects(selector: Selector | undefined, labels: Record<string, string>): boolean {
  return Object.entries(selector?.matchLabels ?? {}).every(([name, value]) => labels[name] === value);
}

function within(cidr: string, address: string): boolean {
  const [net = "", length = ""] = cidr.split("/");
  if (isIPv6(net) !== isIPv6(address)) return false;
  const family = isIPv6(net) ? "ipv6" : "ipv4";
  const block = new BlockList();
  block.addSubnet(net, Number(length), family);
  return block.check(address, family);
}
