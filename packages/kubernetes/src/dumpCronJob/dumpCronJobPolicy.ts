import * as pulumi from "@pulumi/pulumi";
import { authoritiesText, networkTexts, secretText } from "../agentPod/describeAgentPod.js";
import type { DumpCronJobArgs } from "./DumpCronJobArgs.js";
import { describeDumpCronJob } from "./describeDumpCronJob.js";
import { DUMP_CRON_JOB_DEFAULTS } from "./dumpCronJobDefaults.js";
import { dumpNetwork } from "./dumpNetwork.js";
import type { SettledDumpCronJob } from "./settleDumpCronJob.js";

/** The declaration in words, as soon as its values are known. */
export function dumpCronJobPolicy(args: DumpCronJobArgs, settled: SettledDumpCronJob): pulumi.Output<string> {
  const { server, signing, secrets = {}, sidecars = [] } = args;
  const named = { PGPASSWORD: server.passwordSecret, PGKEEP_SIGNING_KEY: signing?.privateKeySecret, ...secrets };
  return pulumi
    .all([
      pulumi.all([settled.config, args.schedule, settled.times, settled.startingDeadlineSeconds, settled.activeDeadlineSeconds]),
      pulumi.all([args.namespace, args.suspend ?? false, args.retries ?? DUMP_CRON_JOB_DEFAULTS.retries, settled.image, settled.resources]),
      pulumi.all(
        Object.entries(named).flatMap(([name, secret]) => (secret === undefined ? [] : [secretText(`${name} from Secret`, secret)])),
      ),
      signInText(args),
      authoritiesText(args.tls),
      networkTexts(dumpNetwork(settled.name, args)),
      args.serviceAccountName ?? settled.name,
      pulumi.all(sidecars.map(({ name }, index) => pulumi.interpolate`beside it runs ${name}, ${settled.sidecarImages[index] ?? ""}`)),
    ])
    .apply(
      ([
        [config, schedule, times, startingDeadlineSeconds, activeDeadlineSeconds],
        [namespace, suspended, retries, image, resources],
        secretTexts,
        signsIn,
        authorities,
        network,
        serviceAccount,
        sidecarTexts,
      ]) =>
        describeDumpCronJob({
          name: settled.name,
          namespace,
          config: config as never,
          schedule,
          times,
          suspended,
          startingDeadlineSeconds,
          activeDeadlineSeconds,
          retries,
          secrets: secretTexts,
          signsIn,
          authorities,
          signs: signing?.privateKeySecret !== undefined,
          network,
          image,
          resources,
          serviceAccount,
          sidecars: sidecarTexts,
        }),
    );
}

function signInText({ server }: DumpCronJobArgs): pulumi.Output<string> {
  if (server.iamAuthentication === true) return pulumi.interpolate`signs in as ${server.username} by IAM, with a token for each connection`;
  return server.passwordSecret === undefined
    ? pulumi.interpolate`signs in as ${server.username} without a password of its own`
    : pulumi.interpolate`signs in as ${server.username} with the password in ${secretText("Secret", server.passwordSecret)}`;
}
