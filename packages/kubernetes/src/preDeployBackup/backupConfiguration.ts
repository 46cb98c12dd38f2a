import {
  type AgentConfigInput,
  isDeferred,
  leastDumpMemory,
  leastDumpMemoryText,
  type Problem,
  ProblemError,
  parseDeadline,
  SslMode,
} from "@pgkeep/core";
import { AUTHORITIES_FILE, AUTHORITIES_FOLDER } from "../agentPod/agentPodDefaults.js";
import { readConfigurationText } from "../agentPod/configurationText.js";
import { knownResourceProblems, type MemoryNeed } from "../agentPod/settleResources.js";
import { configuredServer } from "../onceJob/configuredServer.js";
import { fileSettingProblems } from "../onceJob/onceJobProblems.js";
import type { PreDeployBackupArgs } from "./PreDeployBackupArgs.js";

export const PRE_DEPLOY_DEFAULTS = { deadline: "1h", pinFor: "30d", waitForOther: "10m", parallel: 2 } as const;

const MOUNTED = `${AUTHORITIES_FOLDER}/${AUTHORITIES_FILE}`;

/** What of the arguments must fit each other. */
export function givenBackupProblems({ waitForOther, deadline = PRE_DEPLOY_DEFAULTS.deadline }: PreDeployBackupArgs): Problem[] {
  if (waitForOther === undefined || isDeferred(waitForOther)) return [];
  const [wait, most] = [parseDeadline(waitForOther as string), parseDeadline(deadline)];
  if (wait === undefined || most === undefined || wait <= most) return [];
  const reason = "it would be ended while it waits";
  return [{ where: "waitForOther", received: waitForOther as string, allowed: `at most ${deadline}, the deadline`, reason }];
}

/** What is wrong with a configuration beside the arguments, where it is known before the deployment. */
export function knownBackupProblems(args: PreDeployBackupArgs): Problem[] {
  if (isDeferred(args.configuration)) return [];
  return backupProblems(args, readConfigurationText("configuration", args.configuration as string) as AgentConfigInput);
}

/** What is wrong with a configuration that the agent takes, where a Pod is to back up by it. */
export function backupProblems(args: PreDeployBackupArgs, config: AgentConfigInput): Problem[] {
  return [
    ...fileProblems(config),
    ...serverProblems(args, config),
    ...signingProblems(args, config),
    ...knownResourceProblems(args.resources ?? {}, backupNeed(config)),
  ];
}

/** What dumps need beside each other. */
export function backupNeed({ dump }: AgentConfigInput): MemoryNeed {
  const parallel = dump?.parallel ?? PRE_DEPLOY_DEFAULTS.parallel;
  return {
    bytes: leastDumpMemory(parallel),
    text: leastDumpMemoryText(parallel),
    reason: `a backup of ${parallel === 1 ? "one database" : `${parallel} databases at the same time`} would be killed in its midst (exit code 137)`,
    next: parallel > 1 ? "give it more, or lower dump.parallel of the configuration" : "give it more",
  };
}

function fileProblems({ connection, signing, files, application }: AgentConfigInput): Problem[] {
  return fileSettingProblems([
    ["connection.passwordFile", connection?.passwordFile, "remove it, and give the password in passwordSecret"],
    ["signing.privateKeyFile", signing?.privateKeyFile, "remove it, and give the key in signingKeySecret"],
    ["files.root", files?.root, "remove files: they are saved where they lie"],
    ["application.workTree", application?.workTree, "remove it, and give the commit in application.gitSha"],
  ]);
}

function serverProblems(args: PreDeployBackupArgs, config: AgentConfigInput): Problem[] {
  const { passwordSecret, caSecret, caConfigMap, sidecars = [] } = args;
  try {
    const { rdsIam, sslMode, sslRootCertificate } = configuredServer(config);
    const problems: Problem[] = [];
    if (rdsIam !== undefined && passwordSecret !== undefined) {
      const reason = "the configuration signs in by IAM, and RDS takes one of the two from a role";
      problems.push({ where: "passwordSecret", reason, next: "remove it" });
    }
    if (rdsIam === undefined && passwordSecret === undefined && sidecars.length === 0 && sslMode !== SslMode.Disable) {
      const reason = "this is missing: nothing says how the agent signs in";
      problems.push({ where: "passwordSecret", reason, next: "name the Secret and its key with the password" });
    }
    const mounts = caSecret !== undefined || caConfigMap !== undefined;
    if (sslRootCertificate === MOUNTED && !mounts) {
      const reason = `the configuration believes the authorities in ${MOUNTED}, which nothing puts there`;
      problems.push({ where: "caSecret", reason, next: "name the Secret here as well, or the ConfigMap in caConfigMap" });
    }
    if (sslRootCertificate !== MOUNTED && mounts) {
      const reason = "the configuration believes other authorities, so these would do nothing";
      const next = `remove it, or have connection.sslrootcert: ${MOUNTED} in the configuration, as tls.caSecret of a DumpCronJob does`;
      problems.push({ where: caSecret === undefined ? "caConfigMap" : "caSecret", reason, next });
    }
    return problems;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return [...error.problems];
  }
}

function signingProblems({ signingKeySecret }: PreDeployBackupArgs, { signing }: AgentConfigInput): Problem[] {
  if (signingKeySecret !== undefined || (signing?.publicKeys ?? []).length === 0) return [];
  const reason = "the configuration demands signatures, and there is no key to sign with";
  return [{ where: "signingKeySecret", reason, next: "name the Secret and its key with the private key" }];
}

/** `PGKEEP_APPLICATION_IMAGES`. */
export function imagesText(images: Record<string, string>): string {
  return Object.entries(images)
    .map(([name, digest]) => `${name}=${digest}`)
    .join(",");
}

/** The arguments of `tls` that go with the configuration. */
export function mountedAuthorities({ caSecret, caConfigMap }: PreDeployBackupArgs): {
  caSecret?: NonNullable<PreDeployBackupArgs["caSecret"]>;
  caConfigMap?: NonNullable<PreDeployBackupArgs["caConfigMap"]>;
} {
  return { ...(caSecret === undefined ? {} : { caSecret }), ...(caConfigMap === undefined ? {} : { caConfigMap }) };
}
