import * as pulumi from "@pulumi/pulumi";
import { storePortOf } from "../agentPod/agentConfiguration.js";
import { type AgentNetwork, isReachedByProxy } from "../agentPod/agentNetworkPolicies.js";
import { authoritiesText, networkTexts, secretText } from "../agentPod/describeAgentPod.js";
import { describeRestoreJob } from "./describeRestoreJob.js";
import type { RestoreJobArgs } from "./RestoreJobArgs.js";
import { restoreLabels } from "./restorePod.js";
import type { SettledRestoreJob } from "./settleRestoreJob.js";

/** Who a restore speaks to. */
export function restoreNetwork({ namespace, network = {}, sidecars = [] }: RestoreJobArgs, settled: SettledRestoreJob): AgentNetwork {
  const { databasePort, storePort } = network;
  return {
    labels: restoreLabels(settled.name),
    namespace,
    network,
    databasePort: isReachedByProxy(network, sidecars) ? undefined : (databasePort ?? settled.port),
    storePort: storePort ?? settled.config.apply(storePortOf),
  };
}

/** The declaration in words, as soon as its values are known. */
export function restoreJobPolicy(args: RestoreJobArgs, settled: SettledRestoreJob): pulumi.Output<string> {
  const { target, identitySecret, secrets = {}, sidecars = [], tls = {} } = args;
  const named = { PGKEEP_TARGET_PASSWORD: target.passwordSecret, PGKEEP_IDENTITY: identitySecret, ...secrets };
  return pulumi
    .all([
      pulumi.all([settled.config, settled.host, settled.port, settled.image, settled.resources]),
      pulumi.all([args.namespace, args.recoveryPoint, tls.mode, args.serviceAccountName ?? settled.name]),
      pulumi.all([signInText(args), authoritiesText(tls)]),
      pulumi.all(
        Object.entries(named).flatMap(([name, secret]) => (secret === undefined ? [] : [secretText(`${name} from Secret`, secret)])),
      ),
      networkTexts(restoreNetwork(args, settled)),
      pulumi.all(sidecars.map(({ name }, index) => pulumi.interpolate`beside it runs ${name}, ${settled.sidecarImages[index] ?? ""}`)),
    ])
    .apply(
      ([
        [config, host, port, image, resources],
        [namespace, recoveryPoint, sslmode, serviceAccount],
        [signsIn, authorities],
        secretTexts,
        network,
        sidecarTexts,
      ]) =>
        describeRestoreJob({
          args,
          name: settled.name,
          namespace,
          recoveryPoint,
          config: config as never,
          host,
          port,
          sslmode,
          signsIn,
          authorities,
          secrets: secretTexts,
          network,
          image,
          resources,
          serviceAccount,
          sidecars: sidecarTexts,
          deadline: settled.deadline,
          waits: settled.waits,
        }),
    );
}

function signInText({ target }: RestoreJobArgs): pulumi.Output<string> {
  if (target.iamAuthentication === true) return pulumi.interpolate`signs in as ${target.username} by IAM, with a token for each connection`;
  return target.passwordSecret === undefined
    ? pulumi.interpolate`signs in as ${target.username} without a password of its own`
    : pulumi.interpolate`signs in as ${target.username} with the password in ${secretText("Secret", target.passwordSecret)}`;
}
