import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type AgentNetwork, databaseIngressPolicy, egressPolicy } from "./agentNetworkPolicies.js";

/** Whose account Pods have, and what they may reach. */
export interface AgentAccess {
  serviceAccountName: pulumi.Input<string>;
  /** What has to be there before a Pod is. */
  policies: pulumi.Resource[];
}

/** Children `NAME-account`, `NAME-egress` and, on request, `NAME-ingress`. The account has no rights in Kubernetes by itself. */
export function createAgentAccess(
  parent: pulumi.ComponentResource,
  name: string,
  metadata: { name: string; namespace: pulumi.Input<string>; labels: pulumi.Input<Record<string, pulumi.Input<string>>> },
  given: { serviceAccountName?: pulumi.Input<string>; serviceAccountAnnotations?: pulumi.Input<Record<string, pulumi.Input<string>>> },
  access: AgentNetwork,
): AgentAccess {
  const child = { parent };
  const { network, labels, namespace, databasePort } = access;
  const annotations = given.serviceAccountAnnotations;
  const serviceAccountName =
    given.serviceAccountName ??
    new kubernetes.core.v1.ServiceAccount(
      `${name}-account`,
      { metadata: { ...metadata, ...(annotations === undefined ? {} : { annotations }) }, automountServiceAccountToken: false },
      child,
    ).metadata.name;
  const policies: pulumi.Resource[] = [];
  if (network.policies !== false) {
    policies.push(new kubernetes.networking.v1.NetworkPolicy(`${name}-egress`, { metadata, spec: egressPolicy(access) }, child));
  }
  if (network.allowInDatabase === true && network.databasePods !== undefined && databasePort !== undefined) {
    const { databasePods } = network;
    const place = { ...metadata, name: `${metadata.name}-to-database`, namespace: databasePods.namespace ?? namespace };
    const spec = databaseIngressPolicy(labels, namespace, databasePods, databasePort);
    policies.push(new kubernetes.networking.v1.NetworkPolicy(`${name}-ingress`, { metadata: place, spec }, child));
  }
  return { serviceAccountName, policies };
}
