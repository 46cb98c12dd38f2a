import { cloudNativePgSchedule } from "@pgkeep/core";
import type * as pulumi from "@pulumi/pulumi";
import { readSchedule, type TypedSchedule } from "../typedSchedule.js";
import { type CnpgBackupArgs, type CnpgClusterPlugin, CnpgCompression } from "./CnpgBackupArgs.js";

/** The name that the Barman Cloud plugin registers under. */
export const BARMAN_PLUGIN = "barman-cloud.cloudnative-pg.io";

/** The arguments once everything is known. */
export type KnownCnpgBackup = pulumi.Unwrap<CnpgBackupArgs>;

/** When it runs, in CloudNativePG's own words: six fields. */
export function cnpgTimes({ schedule, timeZone = "UTC" }: KnownCnpgBackup): TypedSchedule<{ schedule: string; notes: string[] }> {
  const { schedule: read } = readSchedule(schedule, timeZone, cloudNativePgSchedule);
  if (read === undefined) throw new Error(`${schedule} was judged before`);
  return read;
}

/** The spec of an ObjectStore (barmancloud.cnpg.io/v1), without `serverName`, which its definition forbids: it is a parameter of the plugin. */
export function objectStoreSpec({ store = {} }: KnownCnpgBackup): Record<string, unknown> {
  const { credentials = {}, compression = CnpgCompression.Gzip, retentionDays = 30 } = store;
  const { inheritFromIamRole = false, ...keys } = credentials;
  return {
    configuration: {
      ...given({ destinationPath: store.destinationPath, endpointURL: store.endpointUrl, endpointCA: store.endpointCa }),
      s3Credentials: { ...given(keys), ...(inheritFromIamRole ? { inheritFromIAMRole: true } : {}) },
      wal: { compression, ...given({ maxParallel: store.walParallel }) },
      data: { compression, ...given({ jobs: store.jobs }) },
    },
    retentionPolicy: `${retentionDays}d`,
  };
}

/** What the Cluster's own `spec.plugins` needs, for nothing is archived before it has it. */
export function clusterPlugin(objectStoreName: string, serverName: string | undefined): CnpgClusterPlugin {
  const parameters = { barmanObjectName: objectStoreName, ...(serverName === undefined ? {} : { serverName }) };
  return { name: BARMAN_PLUGIN, isWALArchiver: true, parameters };
}

function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
