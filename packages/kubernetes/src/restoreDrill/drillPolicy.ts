import * as pulumi from "@pulumi/pulumi";
import { networkTexts, secretText } from "../agentPod/describeAgentPod.js";
import { describeDrill } from "./describeDrill.js";
import { scratchTexts } from "./describeScratch.js";
import { DRILL_DEFAULTS, scratchOf } from "./drillDefaults.js";
import { drillNetwork } from "./drillNetwork.js";
import { KubernetesDrillScratch, type KubernetesRestoreDrillArgs } from "./KubernetesRestoreDrillArgs.js";
import type { SettledDrill } from "./settleDrill.js";

/** The declaration in words, as soon as its values are known. */
export function drillPolicy(args: KubernetesRestoreDrillArgs, settled: SettledDrill): pulumi.Output<string> {
  const { identitySecret, secrets = {} } = args;
  return pulumi
    .all([
      pulumi.all([settled.config, args.schedule, settled.times, settled.startingDeadlineSeconds, settled.activeDeadlineSeconds]),
      pulumi.all([
        args.namespace,
        args.suspend ?? false,
        args.retries ?? DRILL_DEFAULTS.retries,
        settled.keepFinishedSeconds,
        settled.image,
        settled.resources,
      ]),
      pulumi.all(Object.entries(secrets).map(([name, secret]) => secretText(`${name} from Secret`, secret))),
      identitySecret === undefined ? undefined : secretText("decrypts with the identities in Secret", identitySecret),
      networkTexts(drillNetwork(settled.name, args, settled.config)),
      args.serviceAccountName ?? settled.name,
      scratchTexts(args, settled),
      settled.recoveryPoint,
    ])
    .apply(
      ([
        [config, schedule, times, startingDeadlineSeconds, activeDeadlineSeconds],
        [namespace, suspended, retries, keepFinishedSeconds, image, resources],
        secretList,
        identity,
        network,
        serviceAccount,
        scratch,
        recoveryPoint,
      ]) =>
        describeDrill({
          namespace,
          config: config as never,
          recoveryPoint,
          schedule,
          times,
          suspended,
          startingDeadlineSeconds,
          activeDeadlineSeconds,
          retries,
          keepFinishedSeconds,
          ownServer: scratchOf(args) !== KubernetesDrillScratch.Given,
          scratch,
          identity,
          secrets: secretList,
          network,
          image,
          resources,
          serviceAccount,
        }),
    );
}
