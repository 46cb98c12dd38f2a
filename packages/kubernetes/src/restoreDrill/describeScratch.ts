import * as pulumi from "@pulumi/pulumi";
import { authoritiesText, imageText, secretText } from "../agentPod/describeAgentPod.js";
import { DRILL_DEFAULTS, scratchOf } from "./drillDefaults.js";
import { KubernetesDrillScratch, type KubernetesRestoreDrillArgs } from "./KubernetesRestoreDrillArgs.js";
import type { SettledDrill } from "./settleDrill.js";

/** Where a drill restores into, and what restored code could do there, one sentence each. */
export function scratchTexts(
  args: KubernetesRestoreDrillArgs,
  { scratchImage, major: settledMajor, size }: SettledDrill,
): pulumi.Output<string[]> {
  const scratch = scratchOf(args);
  if (scratch === KubernetesDrillScratch.Given) return givenTexts(args, settledMajor);
  const { scratchServer = { image: "" } } = args;
  const major = pulumi.output(settledMajor);
  const settings = pulumi
    .output(scratchServer.settings ?? {})
    .apply((given) => Object.entries(given).map(([name, value]) => `scratch server: ${name} = ${value}`));
  const memory = scratchServer.memory ?? DRILL_DEFAULTS.scratchMemory;
  const first =
    scratch === KubernetesDrillScratch.Agent
      ? pulumi.interpolate`scratch server: PostgreSQL ${major} of the agent's image, in its container`
      : pulumi.interpolate`scratch server: PostgreSQL ${major} in a container of its own, as user ${scratchServer.userId ?? DRILL_DEFAULTS.scratchUserId}, memory ${memory}`;
  const image = pulumi.output(scratchImage).apply((known) => (known === undefined ? [] : [`scratch server: ${imageText(known)}`]));
  const reach =
    args.network?.policies === false ? "what every Pod here reaches" : "what the Pod reaches: DNS, the store, and what else network opens";
  return pulumi
    .all([first, image, major, settings, spaceText(args, size)])
    .apply(([server, program, version, set, space]) => [
      server,
      ...program,
      ...set,
      `scratch server: a recovery point, or a server, of another major version than ${version} is COULD_NOT_VERIFY`,
      space,
      ...(scratch === KubernetesDrillScratch.Agent
        ? [
            `restored code may reach ${reach}`,
            "restored code runs as the agent's own user: it COULD read the store's credentials and the identities",
          ]
        : [
            `restored code may reach ${reach}`,
            "restored code has neither the store's credentials nor the identities: they are in the agent's container alone",
          ]),
    ]);
}

function spaceText({ scratchVolume }: KubernetesRestoreDrillArgs, settledSize: SettledDrill["size"]): pulumi.Output<string> {
  return pulumi
    .all([settledSize, scratchVolume?.storageClassName])
    .apply(
      ([size, storageClass]) =>
        `scratch space: ${size} of ${storageClass === undefined ? "the default StorageClass" : `StorageClass ${storageClass}`}, emptied when a run ends, and deleted with its Pod; too little is COULD_NOT_VERIFY`,
    );
}

function givenTexts({ scratchConnection, tls }: KubernetesRestoreDrillArgs, major: SettledDrill["major"]): pulumi.Output<string[]> {
  const { host, port, username, passwordSecret, disposable = false } = scratchConnection ?? { host: "", username: "" };
  const password =
    passwordSecret === undefined ? pulumi.output("without a password") : secretText("with the password in Secret", passwordSecret);
  const encrypted = pulumi
    .all([tls?.mode ?? "verify-full", authoritiesText(tls)])
    .apply(([mode, authorities]) => (mode === "disable" ? "are NOT encrypted" : `by TLS, ${mode} with ${authorities}`));
  return pulumi
    .all([host, port ?? DRILL_DEFAULTS.databasePort, username, password, encrypted, major])
    .apply(([server, at, user, signsIn, connections, version]) => [
      `scratch server: ${server}:${at}, as ${user} ${signsIn}`,
      `scratch server: connections ${connections}`,
      ...(version === undefined ? [] : [`scratch server: another major version than ${version} is COULD_NOT_VERIFY`]),
      disposable
        ? "scratch server: roles are restored there too; one on which anything is is refused"
        : "scratch server: its roles are its own, so a drill there is COULD_NOT_VERIFY at best and proves NO recovery point",
      "restored code runs in that server, and may do there what its rights and network let it",
    ]);
}
