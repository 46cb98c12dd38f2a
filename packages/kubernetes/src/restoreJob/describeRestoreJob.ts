import { type AgentConfigInput, isLoopback } from "@pgkeep/core";
import { imageText, resourcesText } from "../agentPod/describeAgentPod.js";
import type { SettledResources } from "../agentPod/settleResources.js";
import type { RestoreJobArgs } from "./RestoreJobArgs.js";

/** What of a restore's values its description needs. */
export interface DescribedRestoreJob {
  /** Of which only plain ones are looked at. */
  args: RestoreJobArgs;
  name: string;
  namespace: string;
  recoveryPoint: string;
  config: AgentConfigInput;
  host: string;
  port: number;
  sslmode: string | undefined;
  signsIn: string;
  authorities: string;
  /** Variables and where they are read. */
  secrets: readonly string[];
  network: readonly string[];
  image: string;
  resources: SettledResources;
  serviceAccount: string;
  sidecars: readonly string[];
  deadline: string;
  waits: boolean;
}

/** A restore in sentences, one a line, for whoever reviews a preview. The engine cuts lines at 150 characters. */
export function describeRestoreJob(job: DescribedRestoreJob): string {
  const { args, config, recoveryPoint } = job;
  return [
    `${args.restoreId} happens once, when its Job is created; what changes here later counts for the next restoreId`,
    `restores recovery point ${recoveryPoint} of ${config.cluster} from ${config.store.url}`,
    ...(recoveryPoint.startsWith("latest") ? [`${recoveryPoint} is the newest when the Job runs, and not the newest at this preview`] : []),
    ...databaseTexts(job),
    ...optionTexts(args),
    "a record in the store keeps this restoreId from being used again, also where its Job is made anew",
    job.waits
      ? `the deployment waits for it, and fails with it; it may take ${job.deadline}`
      : `the deployment does NOT wait for it; it may take ${job.deadline}`,
    "it is not tried again when it fails; an eviction takes its one try away only where databases had begun to change",
    job.signsIn,
    connections(job),
    ...job.secrets.map((secret) => `reads ${secret} at its start; no value is copied`),
    ...job.network,
    imageText(job.image),
    resourcesText(job.resources),
    `ServiceAccount ${job.namespace}/${job.serviceAccount}, without a token of Kubernetes`,
    ...job.sidecars,
  ].join("\n");
}

function databaseTexts({ args, config, host, port, recoveryPoint }: DescribedRestoreJob): string[] {
  const { databases, confirmReplace = [] } = args;
  const server = `${host}:${port}`;
  const chosen = databases ?? [...new Set([...config.databases, ...confirmReplace])].map((name) => ({ name, as: undefined }));
  return [
    ...(databases === undefined ? ["all databases of the recovery point, as the configuration names them now:"] : []),
    ...chosen.map(({ name, as: other }) => {
      const target = other ?? name;
      const source = other === undefined ? "" : ` out of ${name}`;
      if (!confirmReplace.includes(target))
        return `${target}: created${source} on ${server}; where one of this name exists, nothing is touched and the Job fails`;
      if (args.inPlace === true)
        return `${target}: what it holds on ${server} is DROPPED and filled anew${source}, in one transaction, with NO way back`;
      return `${target}: on ${server} it is REPLACED by ${recoveryPoint}${source}; the old one ${args.dropReplaced === true ? "is DROPPED at the end" : "stays under another name"}`;
    }),
  ];
}

function optionTexts(args: RestoreJobArgs): string[] {
  return [
    ...(args.inPlace === true ? [] : ["databases are loaded beside what lives, and take their names together, in one transaction"]),
    args.verify === false
      ? "what is loaded is NOT read back and compared"
      : "what is loaded is read back and compared with the recovery point first",
    ...(args.acceptMissing === true ? ["objects that the role may not create are LEFT OUT"] : []),
    ...(args.acceptOlderMigrations === true
      ? ["a database that was migrated further than the recovery point is replaced all the same"]
      : []),
    ...(args.withOwners === false ? ["without owners: all belongs to the restoring role"] : []),
    ...(args.withPrivileges === false ? ["without privileges"] : []),
  ];
}

function connections({ host, sslmode, authorities }: DescribedRestoreJob): string {
  if (sslmode === "disable") return "connections to the server are NOT encrypted: whoever is on the network between reads along";
  if (sslmode === undefined && isLoopback(host)) return "connections stay in the Pod, and go on through what runs beside the restore";
  return `connections to the server: TLS, ${sslmode ?? "verify-full"} with ${authorities}`;
}
