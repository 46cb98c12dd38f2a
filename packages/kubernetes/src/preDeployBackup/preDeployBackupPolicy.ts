import * as pulumi from "@pulumi/pulumi";
import { authoritiesText, networkTexts, secretText } from "../agentPod/describeAgentPod.js";
import { imagesText, mountedAuthorities, PRE_DEPLOY_DEFAULTS } from "./backupConfiguration.js";
import { describePreDeployBackup } from "./describePreDeployBackup.js";
import type { PreDeployBackupArgs } from "./PreDeployBackupArgs.js";
import { preDeployNetwork, type SettledPreDeployBackup } from "./settlePreDeployBackup.js";

/** The declaration in words, as soon as its values are known. */
export function preDeployBackupPolicy(args: PreDeployBackupArgs, settled: SettledPreDeployBackup): pulumi.Output<string> {
  const { application = {}, secrets = {}, sidecars = [], pinFor = PRE_DEPLOY_DEFAULTS.pinFor } = args;
  const named = { PGPASSWORD: args.passwordSecret, PGKEEP_SIGNING_KEY: args.signingKeySecret, ...secrets };
  return pulumi
    .all([
      pulumi.all([settled.config, settled.resources, settled.image, settled.waitForOther]),
      pulumi.all([args.namespace, pinFor, args.serviceAccountName ?? settled.name]),
      pulumi.all([application.gitSha, application.branch, application.images ?? {}]),
      pulumi.all(
        Object.entries(named).flatMap(([name, secret]) => (secret === undefined ? [] : [secretText(`${name} from Secret`, secret)])),
      ),
      networkTexts(preDeployNetwork(args, settled)),
      authorities(args, settled),
      pulumi.all(sidecars.map(({ name }, index) => pulumi.interpolate`beside it runs ${name}, ${settled.sidecarImages[index] ?? ""}`)),
    ])
    .apply(
      ([
        [config, resources, image, waitForOther],
        [namespace, kept, serviceAccount],
        [gitSha, branch, images],
        secretTexts,
        network,
        believed,
        sidecarTexts,
      ]) =>
        describePreDeployBackup({
          deploymentKey: args.deploymentKey,
          jobName: settled.jobName,
          namespace,
          config: config as never,
          application: [
            ...(gitSha === undefined ? [] : [`commit ${gitSha}`]),
            ...(branch === undefined ? [] : [`branch ${branch}`]),
            ...(Object.keys(images).length === 0 ? [] : [`images ${imagesText(images)}`]),
          ],
          pinFor: kept,
          waitForOther,
          deadline: settled.deadline,
          waits: settled.waits,
          authorities: believed,
          secrets: secretTexts,
          signs: args.signingKeySecret !== undefined,
          network,
          image,
          resources,
          serviceAccount,
          sidecars: sidecarTexts,
        }),
    );
}

function authorities(args: PreDeployBackupArgs, { config }: SettledPreDeployBackup): pulumi.Output<string> {
  const mounted = mountedAuthorities(args);
  if (Object.keys(mounted).length > 0) return authoritiesText(mounted);
  return config.apply(({ connection }) =>
    connection?.sslrootcert === undefined ? "the usual authorities" : `the authorities ${connection.sslrootcert}`,
  );
}
