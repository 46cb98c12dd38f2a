import * as pulumi from "@pulumi/pulumi";
import type { DumpCronJobArgs } from "./DumpCronJobArgs.js";
import { describeDumpCronJob } from "./describeDumpCronJob.js";
import { DUMP_CRON_JOB_DEFAULTS } from "./dumpCronJobDefaults.js";
import { databasePort, endpointPort } from "./dumpNetworkPolicies.js";
import type { KubernetesPodsArgs, KubernetesSecretKeyArgs } from "./KubernetesPodArgs.js";
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
      authoritiesText(args),
      networkTexts(args),
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
          byTag: !image.includes("@sha256:"),
          resources,
          serviceAccount,
          sidecars: sidecarTexts,
        }),
    );
}

function secretText(what: string, { name, key }: KubernetesSecretKeyArgs): pulumi.Output<string> {
  return pulumi.interpolate`${what} ${name} (${key})`;
}

function signInText({ server }: DumpCronJobArgs): pulumi.Output<string> {
  if (server.iamAuthentication === true) return pulumi.interpolate`signs in as ${server.username} by IAM, with a token for each connection`;
  return server.passwordSecret === undefined
    ? pulumi.interpolate`signs in as ${server.username} without a password of its own`
    : pulumi.interpolate`signs in as ${server.username} with the password in ${secretText("Secret", server.passwordSecret)}`;
}

function authoritiesText({ tls = {} }: DumpCronJobArgs): pulumi.Output<string> {
  if (tls.caSecret !== undefined) return secretText("the authorities in Secret", tls.caSecret);
  if (tls.caConfigMap !== undefined) return secretText("the authorities in ConfigMap", tls.caConfigMap);
  return pulumi.output(tls.authorities).apply((name) => (name === undefined ? "the usual authorities" : `the authorities ${name}`));
}

function networkTexts(args: DumpCronJobArgs): pulumi.Output<string[]> {
  const { network = {}, namespace, store, sidecars = [] } = args;
  if (network.policies === false) return pulumi.output(["network: NO policy, so it reaches what every Pod here reaches"]);
  const port = databasePort(args);
  const storePort = network.storePort ?? pulumi.output(store.endpoint).apply(endpointPort);
  const pods = (where: KubernetesPodsArgs): pulumi.Output<string> =>
    pulumi.all([where.labels, where.namespace ?? namespace]).apply(([labels, space]) => {
      const text = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
      return `Pods ${text.join(",")} in ${space}`;
    });
  const database =
    network.databasePods !== undefined
      ? pods(network.databasePods)
      : network.databaseCidr !== undefined
        ? pulumi.output(network.databaseCidr)
        : pulumi.output("any address");
  const toStore =
    network.storePods !== undefined
      ? pods(network.storePods)
      : network.storeCidrs !== undefined
        ? pulumi.output(network.storeCidrs).apply((cidrs) => cidrs.join(", "))
        : pulumi.output("any address");
  const noDatabase = sidecars.length > 0 && network.databasePods === undefined && network.databaseCidr === undefined;
  return pulumi.all([
    pulumi.interpolate`network: nothing comes in; out to DNS${network.podIdentity === true ? ", the agent of Pod Identity" : ""} and what follows`,
    ...(noDatabase ? [] : [pulumi.interpolate`network: out to the database at port ${port} of ${database}`]),
    pulumi.interpolate`network: out to the store at port ${storePort} of ${toStore}`,
    ...(network.otherEgress ?? []).map(({ cidr, ports }) =>
      pulumi.all([cidr, ports ?? [443]]).apply(([range, open]) => `network: out to ${range} at ${open.join(", ")}`),
    ),
    ...(network.allowInDatabase === true
      ? [pulumi.interpolate`network: a policy lets it in at ${database}, and shuts out whoever no policy lets in there`]
      : []),
  ]);
}
