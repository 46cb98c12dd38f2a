import * as pulumi from "@pulumi/pulumi";
import type { KubernetesDumpTlsArgs } from "../dumpCronJob/DumpCronJobArgs.js";
import type { AgentNetwork } from "./agentNetworkPolicies.js";
import type { KubernetesPodsArgs, KubernetesSecretKeyArgs } from "./KubernetesPodArgs.js";
import type { SettledResources } from "./settleResources.js";

/** Where a secret value is read. */
export function secretText(what: string, { name, key }: KubernetesSecretKeyArgs): pulumi.Output<string> {
  return pulumi.interpolate`${what} ${name} (${key})`;
}

/** Whose certificates are believed. */
export function authoritiesText(tls: KubernetesDumpTlsArgs = {}): pulumi.Output<string> {
  if (tls.caSecret !== undefined) return secretText("the authorities in Secret", tls.caSecret);
  if (tls.caConfigMap !== undefined) return secretText("the authorities in ConfigMap", tls.caConfigMap);
  return pulumi.output(tls.authorities).apply((name) => (name === undefined ? "the usual authorities" : `the authorities ${name}`));
}

/** What Pods may reach, one sentence each. */
export function networkTexts({ namespace, network, databasePort, storePort, apiServer, incoming }: AgentNetwork): pulumi.Output<string[]> {
  if (network.policies === false) {
    const comers = incoming === undefined ? "" : `, and everybody who reaches Pods here reaches it at port ${incoming.port}`;
    return pulumi.output([`network: NO policy, so it reaches what every Pod here reaches${comers}`]);
  }
  const database = peerText(namespace, network.databasePods, network.databaseCidr === undefined ? undefined : [network.databaseCidr]);
  const store = peerText(namespace, network.storePods, network.storeCidrs);
  const comers = incoming?.pods === undefined ? "every Pod of the cluster" : peerText(namespace, incoming.pods, undefined);
  return pulumi.all([
    pulumi.interpolate`network: ${incoming === undefined ? "nothing comes in" : pulumi.interpolate`in at port ${incoming.port} comes ${comers}`}; out to DNS${network.podIdentity === true ? ", the agent of Pod Identity" : ""} and what follows`,
    ...(databasePort === undefined ? [] : [pulumi.interpolate`network: out to the database at port ${databasePort} of ${database}`]),
    ...(storePort === undefined ? [] : [pulumi.interpolate`network: out to the store at port ${storePort} of ${store}`]),
    ...(apiServer === undefined
      ? []
      : [
          pulumi
            .all([apiServer.ports, apiServer.cidrs])
            .apply(([open, ranges]) => `network: out to Kubernetes' API at ${open.join(", ")} of ${ranges?.join(", ") ?? "any address"}`),
        ]),
    ...(network.otherEgress ?? []).map(({ cidr, ports }) =>
      pulumi.all([cidr, ports ?? [443]]).apply(([range, open]) => `network: out to ${range} at ${open.join(", ")}`),
    ),
    ...(network.allowInDatabase === true
      ? [pulumi.interpolate`network: a policy lets it in at ${database}, and shuts out whoever no policy lets in there`]
      : []),
  ]);
}

function peerText(
  namespace: pulumi.Input<string>,
  pods: KubernetesPodsArgs | undefined,
  cidrs: pulumi.Input<pulumi.Input<string>[]> | undefined,
): pulumi.Output<string> {
  if (pods === undefined) return pulumi.output(cidrs).apply((known) => known?.join(", ") ?? "any address");
  return pulumi.all([pods.labels, pods.namespace ?? namespace]).apply(([labels, space]) => {
    const text = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    return `Pods ${text.join(",")} in ${space}`;
  });
}

/** What they ask of their node. */
export function resourcesText(resources: SettledResources, writable = "/tmp"): string {
  const memory = amount(resources.memoryRequest, resources.memoryLimit);
  return `Pods: not root, nothing writable but ${writable}, memory ${memory}, local storage ${amount(resources.storageRequest, resources.storageLimit)}`;
}

function amount(request: string, limit: string): string {
  return request === limit ? limit : `${request} to ${limit}`;
}

/** Which program they run. */
export function imageText(image: string): string {
  return `image ${image}${image.includes("@sha256:") ? "" : ", by a TAG: tomorrow's run may be another program than was reviewed"}`;
}
