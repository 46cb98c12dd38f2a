import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { agentPodSpec, jobVariables } from "../agentPod/agentPodSpec.js";
import { imagesText, mountedAuthorities, PRE_DEPLOY_DEFAULTS } from "./backupConfiguration.js";
import type { PreDeployBackupArgs } from "./PreDeployBackupArgs.js";
import { preDeployLabels, type SettledPreDeployBackup } from "./settlePreDeployBackup.js";

/** A backup ends in order within it: uploads are aborted, and the lock is let go. */
const GRACE_SECONDS = 60;

/** What the backup's Pod is, all but its metadata. */
export function preDeployPodSpec(
  args: PreDeployBackupArgs,
  settled: SettledPreDeployBackup,
  serviceAccountName: pulumi.Input<string>,
): kubernetes.types.input.core.v1.PodSpec {
  const { application = {}, pinFor = PRE_DEPLOY_DEFAULTS.pinFor } = args;
  const { images } = application;
  const versions: Record<string, pulumi.Input<string> | undefined> = {
    PGKEEP_APPLICATION_SHA: application.gitSha,
    PGKEEP_APPLICATION_BRANCH: application.branch,
    PGKEEP_APPLICATION_IMAGES: images === undefined ? undefined : pulumi.output(images).apply(imagesText),
  };
  return agentPodSpec(
    { ...args, tls: mountedAuthorities(args) },
    {
      component: "PreDeployBackup",
      name: settled.name,
      labels: preDeployLabels(settled.name),
      command: ["backup", "--exclusive", "--wait", settled.waitForOther, "--before", "deploy", "--pin-for", pinFor],
      configuration: pulumi.output(args.configuration),
      image: settled.image,
      sidecarImages: settled.sidecarImages,
      resources: settled.resources,
      serviceAccountName,
      restartPolicy: "Never",
      graceSeconds: GRACE_SECONDS,
      secrets: { PGPASSWORD: args.passwordSecret, PGKEEP_SIGNING_KEY: args.signingKeySecret },
      variables: [
        ...jobVariables(),
        ...Object.entries(versions).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }])),
      ],
    },
  );
}
