import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { AUTHORITIES_FILE, AUTHORITIES_FOLDER, agentLabels } from "../agentPod/agentPodDefaults.js";
import { agentPodSpec, jobVariables } from "../agentPod/agentPodSpec.js";
import type { RestoreJobArgs } from "./RestoreJobArgs.js";
import type { SettledRestoreJob } from "./settleRestoreJob.js";

/** What was begun is undone within it: what it loaded beside the living databases is dropped. */
const GRACE_SECONDS = 120;

export function restoreLabels(name: string): Record<string, string> {
  return agentLabels("restore", name);
}

/** What the restore's Pod is, all but its metadata. */
export function restorePodSpec(
  args: RestoreJobArgs,
  settled: SettledRestoreJob,
  serviceAccountName: pulumi.Input<string>,
): kubernetes.types.input.core.v1.PodSpec {
  const { target, identitySecret } = args;
  return agentPodSpec(args, {
    component: "RestoreJob",
    name: settled.name,
    labels: restoreLabels(settled.name),
    command: ["restore", args.recoveryPoint, "--once", args.restoreId, "--to", targetUri(args, settled), ...restoreOptions(args)],
    configuration: pulumi.output(args.configuration),
    image: settled.image,
    sidecarImages: settled.sidecarImages,
    resources: settled.resources,
    serviceAccountName,
    restartPolicy: "Never",
    graceSeconds: GRACE_SECONDS,
    secrets: { PGKEEP_TARGET_PASSWORD: target.passwordSecret, PGKEEP_IDENTITY: identitySecret },
    variables: [
      ...jobVariables(),
      ...(target.iamAuthentication === true ? [{ name: "PGKEEP_TARGET_AUTHENTICATION", value: "rds-iam" }] : []),
    ],
  });
}

/** The URI of `--to`, without a password. https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS */
function targetUri({ target, tls = {} }: RestoreJobArgs, { host, port }: SettledRestoreJob): pulumi.Output<string> {
  const mounted = tls.caSecret !== undefined || tls.caConfigMap !== undefined;
  const authorities = mounted ? `${AUTHORITIES_FOLDER}/${AUTHORITIES_FILE}` : tls.authorities;
  return pulumi
    .all([host, port, target.username, target.maintenanceDatabase ?? "postgres", tls.mode, authorities])
    .apply(([place, door, user, database, sslmode, sslrootcert]) => {
      const parameters = Object.entries({ sslmode, sslrootcert }).filter(([, value]) => value !== undefined);
      const query = parameters.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join("&");
      const server = place.includes(":") ? `[${place}]` : encodeURIComponent(place);
      return `postgresql://${encodeURIComponent(user)}@${server}:${door}/${encodeURIComponent(database)}${query === "" ? "" : `?${query}`}`;
    });
}

function restoreOptions(args: RestoreJobArgs): string[] {
  const { databases = [], confirmReplace = [] } = args;
  const flags: [boolean, ...string[]][] = [
    [args.inPlace === true, "--in-place", "--clean"],
    [args.dropReplaced === true, "--drop-replaced"],
    [args.acceptMissing === true, "--accept-missing"],
    [args.acceptOlderMigrations === true, "--accept-older-migrations"],
    [args.withOwners === false, "--no-owner"],
    [args.withPrivileges === false, "--no-acl"],
    [args.verify === false, "--no-verify"],
  ];
  return [
    ...databases.flatMap(({ name }) => ["--database", name]),
    ...databases.flatMap(({ name, as }) => (as === undefined ? [] : ["--as", `${name}=${as}`])),
    ...confirmReplace.flatMap((name) => ["--yes-replace", name]),
    ...flags.flatMap(([given, ...words]) => (given ? words : [])),
  ];
}
