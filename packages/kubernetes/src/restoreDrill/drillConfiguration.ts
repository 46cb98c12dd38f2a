import type { AgentConfigInput, SslMode } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { AUTHORITIES_FILE, AUTHORITIES_FOLDER } from "../agentPod/agentPodDefaults.js";
import { DATA_FOLDER, DRILL_DEFAULTS, SCRATCH_SUPERUSER, SOCKET_FOLDER, scratchOf } from "./drillDefaults.js";
import { KubernetesDrillScratch, type KubernetesRestoreDrillArgs } from "./KubernetesRestoreDrillArgs.js";
import type { SettledDrill } from "./settleDrill.js";

type DrillSection = NonNullable<AgentConfigInput["drill"]>;

/** A server beside the agent is made while it starts: on slow storage `initdb` takes its time. */
const UNTIL_SIDECAR = "5m";

/** The configuration that the drill is given: the backup's, restored as the arguments say. */
export function drillConfiguration(config: AgentConfigInput, drill: DrillSection): AgentConfigInput {
  const { encryption, ...others } = config;
  if (encryption === undefined) return { ...others, drill };
  // Its file is one of another machine; the Pod has `--identity-file`.
  const { identityFile: _, ...recipients } = encryption;
  return { ...others, encryption: recipients, drill };
}

/** Its section `drill`, as far as the arguments say it. */
export function drillSection(args: KubernetesRestoreDrillArgs, settled: SettledDrill): pulumi.Output<DrillSection> {
  const scratch = scratchOf(args);
  const major = pulumi.output(settled.major);
  const ofMajor = (known: number | undefined) => (known === undefined ? {} : { major: known });
  if (scratch === KubernetesDrillScratch.Agent) return major.apply((known) => ({ ...ofMajor(known), workFolder: DATA_FOLDER }));
  if (scratch === KubernetesDrillScratch.Sidecar) {
    const connection = { host: SOCKET_FOLDER, port: 5432, user: SCRATCH_SUPERUSER, sslmode: "disable" as const, retryFor: UNTIL_SIDECAR };
    return major.apply((known) => ({ ...ofMajor(known), connection, disposable: true, workFolder: DATA_FOLDER }));
  }
  const { scratchConnection: given, tls = {} } = args;
  const mounted = tls.caSecret !== undefined || tls.caConfigMap !== undefined;
  const authorities = mounted ? `${AUTHORITIES_FOLDER}/${AUTHORITIES_FILE}` : tls.authorities;
  const disposable = given?.disposable === true ? { disposable: true } : {};
  return pulumi
    .all([major, given?.host, given?.port ?? DRILL_DEFAULTS.databasePort, given?.username, tls.mode, authorities])
    .apply(([known, host, port, user, mode, sslrootcert]) => {
      const encrypted = {
        ...(mode === undefined ? {} : { sslmode: mode as SslMode }),
        ...(sslrootcert === undefined ? {} : { sslrootcert }),
      };
      const connection = { host: host ?? "", port, user: user ?? "", ...encrypted };
      return { ...ofMajor(known), connection, ...disposable } as DrillSection;
    });
}
